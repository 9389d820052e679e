package scim

import "strings"

// isDateTime takes an xsd:dateTime with date and time (RFC 7643 section 2.3.5):
// -?YYYY-MM-DDThh:mm:ss(.f+)?(Z|(+|-)hh:mm)?
func isDateTime(s string) bool {
	s = strings.TrimPrefix(s, "-")
	year := strings.IndexByte(s, '-')
	if year < 4 || year > 4 && s[0] == '0' || len(s) < year+len("-MM-DDThh:mm:ss") {
		return false
	}
	y, ok := decimal(s[:year])
	s = s[year:]
	if !ok || s[0] != '-' || s[3] != '-' || s[6] != 'T' || s[9] != ':' || s[12] != ':' {
		return false
	}
	month, ok1 := decimal(s[1:3])
	day, ok2 := decimal(s[4:6])
	hour, ok3 := decimal(s[7:9])
	minute, ok4 := decimal(s[10:12])
	second, ok5 := decimal(s[13:15])
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || month < 1 || month > 12 || day < 1 || day > daysIn(y, month) {
		return false
	}
	rest, fraction := fractionOf(s[15:])
	if hour > 23 && (hour > 24 || minute+second > 0 || strings.Trim(fraction, "0") != "") {
		return false // 24:00:00 is the end of the day
	}
	return minute < 60 && second < 60 && isZone(rest)
}

// fractionOf splits fractional seconds off. A point without digits stays.
func fractionOf(s string) (rest, fraction string) {
	if s == "" || s[0] != '.' {
		return s, ""
	}
	rest = strings.TrimLeft(s[1:], "0123456789")
	fraction = s[1 : len(s)-len(rest)]
	if fraction == "" {
		return s, ""
	}
	return rest, fraction
}

func isZone(s string) bool {
	if s == "" || s == "Z" {
		return true
	}
	if len(s) != len("+hh:mm") || s[0] != '+' && s[0] != '-' || s[3] != ':' {
		return false
	}
	hour, ok1 := decimal(s[1:3])
	minute, ok2 := decimal(s[4:6])
	return ok1 && ok2 && (hour < 14 && minute < 60 || hour == 14 && minute == 0)
}

func decimal(s string) (int, bool) {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = (n*10 + int(s[i]-'0')) % 1_000_000_000 // years have no largest one; the rest have two digits
	}
	return n, s != ""
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	default:
		return 31
	}
}
