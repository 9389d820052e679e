package rules

// cyberark is CyberArk Identity: users by PUT, groups by PATCH, and each resource
// type and schema read by itself. What it sends others send as well.
var cyberark = &Provider{Name: "cyberark", Title: "CyberArk Identity"}
