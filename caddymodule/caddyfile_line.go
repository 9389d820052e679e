package caddymodule

import (
	"strconv"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// word makes the subdirective "<name> <value>".
func word[T any](field func(T) *string) subdirective[T] {
	return func(d *caddyfile.Dispenser, into T) error {
		value := field(into)
		if *value != "" {
			return isSet(d)
		}
		if !d.AllArgs(value) || *value == "" {
			return d.ArgErr()
		}
		return nil
	}
}

// words makes the subdirective "<name> <values...>".
func words[T any](field func(T) *[]string) subdirective[T] {
	return func(d *caddyfile.Dispenser, into T) error {
		values := field(into)
		if *values != nil {
			return isSet(d)
		}
		if *values = d.RemainingArgs(); len(*values) == 0 {
			return d.ArgErr()
		}
		return nil
	}
}

// number makes the subdirective "<name> <number>", where the number is above
// zero.
func number[T any](field func(T) *int) subdirective[T] {
	return func(d *caddyfile.Dispenser, into T) error {
		n := field(into)
		if *n != 0 {
			return isSet(d)
		}
		return parseNumber(d, n)
	}
}

func parseNumber(d *caddyfile.Dispenser, into *int) error { return parseCount(d, into, 1) }

// counts says what numbers are expected from 0, and from 1.
var counts = [...]string{"a whole number", "a number above zero"}

// parseCount reads "<name> <number>", where the number is not below least,
// which is 0 or 1.
func parseCount(d *caddyfile.Dispenser, into *int, least int) error {
	name := d.Val()
	var text string
	if !d.AllArgs(&text) {
		return d.ArgErr()
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least {
		return d.Errf("%s: %s is expected, not %s", name, counts[least], text)
	}
	*into = n
	return nil
}

// onOff makes the subdirective "<name> on|off".
func onOff[T any](field func(T) **bool) subdirective[T] {
	return func(d *caddyfile.Dispenser, into T) error {
		value := field(into)
		if *value != nil {
			return isSet(d)
		}
		return parseOnOff(d, value)
	}
}

func parseOnOff(d *caddyfile.Dispenser, into **bool) error {
	var text string
	if !d.AllArgs(&text) {
		return d.ArgErr()
	}
	if text != "on" && text != "off" {
		return d.WrapErr(unknown("word", text, []string{"on", "off"}))
	}
	*into = new(text == "on")
	return nil
}

// parsePaging reads "page <style> [<start> <size>] [zero_based]".
func parsePaging(d *caddyfile.Dispenser, style, start, size *string, zeroBased *bool) error {
	args := d.RemainingArgs()
	if n := len(args); n > 1 && args[n-1] == "zero_based" {
		*zeroBased = true
		args = args[:n-1]
	}
	switch len(args) {
	case 3:
		*start, *size = args[1], args[2]
		fallthrough
	case 1:
		*style = args[0]
		return nil
	default:
		return d.ArgErr()
	}
}

// modeLine makes the subdirective "mode enforce|observe|off".
func modeLine[T any](field func(T) *string) subdirective[T] {
	line := word(field)
	return func(d *caddyfile.Dispenser, into T) error {
		if err := line(d, into); err != nil {
			return err
		}
		if _, err := parseMode(*field(into)); err != nil {
			return d.WrapErr(err)
		}
		return nil
	}
}

// isSet is the error for a line that may stand only once. The dispenser stands
// on its name.
func isSet(d *caddyfile.Dispenser) error { return d.Errf("%s is set already", d.Val()) }
