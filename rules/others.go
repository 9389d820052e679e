package rules

// Clients about which too little is known for rules of their own. They are here
// so that a configuration, a log and a metric can call them by their name.
var (
	helloid     = &Provider{Name: "helloid", Title: "HelloID"}
	oneidentity = &Provider{Name: "oneidentity", Title: "One Identity Manager"}
	servicenow  = &Provider{Name: "servicenow", Title: "ServiceNow"}
	oracle      = &Provider{Name: "oracle", Title: "Oracle Identity Cloud Service"}
)
