package scim

import (
	"errors"
	"fmt"
)

// ErrorType is a scimType: the detail code of RFC 7644 section 3.12, table 9.
type ErrorType string

// The detail codes of RFC 7644 table 9.
const (
	InvalidFilter ErrorType = "invalidFilter"
	TooMany       ErrorType = "tooMany"
	Uniqueness    ErrorType = "uniqueness"
	Mutability    ErrorType = "mutability"
	InvalidSyntax ErrorType = "invalidSyntax"
	InvalidPath   ErrorType = "invalidPath"
	NoTarget      ErrorType = "noTarget"
	InvalidValue  ErrorType = "invalidValue"
	InvalidVers   ErrorType = "invalidVers"
	Sensitive     ErrorType = "sensitive"
)

// The detail codes of RFC 9865 section 2.1.
const (
	InvalidCursor ErrorType = "invalidCursor"
	ExpiredCursor ErrorType = "expiredCursor"
	InvalidCount  ErrorType = "invalidCount"
)

// Error is a SCIM error answer (RFC 7644 section 3.12).
type Error struct {
	Status int       // HTTP status, e.g. 400
	Type   ErrorType // detail code; empty where table 9 has none
	Detail string    // for a person; says where
}

// Errorf makes an Error with a formatted detail.
func Errorf(status int, typ ErrorType, format string, args ...any) *Error {
	return &Error{Status: status, Type: typ, Detail: fmt.Sprintf(format, args...)}
}

// BadRequest is a 400 of the given type.
func BadRequest(typ ErrorType, format string, args ...any) *Error {
	return Errorf(400, typ, format, args...)
}

// Error implements the error interface.
func (e *Error) Error() string {
	if e.Type == "" {
		return fmt.Sprintf("%d: %s", e.Status, e.Detail)
	}
	return fmt.Sprintf("%d %s: %s", e.Status, e.Type, e.Detail)
}

// Body renders the error message: status is a string, as RFC 7644 has it.
func (e *Error) Body() string {
	dst := append([]byte(nil), `{"schemas":["`+ErrorURI+`"],"status":"`...)
	dst = append(dst, itoa(e.Status)...)
	dst = append(dst, '"')
	if e.Type != "" {
		dst = AppendString(append(dst, `,"scimType":`...), string(e.Type))
	}
	if e.Detail != "" {
		dst = AppendString(append(dst, `,"detail":`...), e.Detail)
	}
	return string(append(dst, '}'))
}

// AsError finds the *Error in err's chain. Any other error becomes a 500 whose
// detail does not show it: it is not meant for the client.
func AsError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Status: 500, Detail: "internal error"}
}
