package caddymodule

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-scim/caddy-scim/probe"
)

func probeCommand() *cobra.Command {
	var o probeOptions
	cmd := &cobra.Command{
		Use:   "probe [--token <token>] [--header <name: value>]... [--write [--domain <domain>]] [--json] <url>",
		Short: "Finds out what a SCIM service provider can do and prints its backend block",
		Long: `
Measures what the service provider at a URL can do, instead of believing what its
ServiceProviderConfig says, and prints the backend block for the scim handler.
All but the block is comments: a score before and after the gateway, warnings,
and what was tried.

Without --write it only reads. With --write it also creates users and groups of
its own, whose names begin with scim-probe-, changes them, and deletes them in
the end, also when it is interrupted. What could not be deleted is listed. Their
e-mail addresses and user names are of the domain that --domain names.

The token is sent as a bearer token. It can be a placeholder such as
{env.SCIM_TOKEN}, so that it does not stand in the list of processes.
`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			return o.run(cmd.Context(), args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().StringVarP(&o.token, "token", "t", "", "Bearer token")
	cmd.Flags().StringArrayVarP(&o.headers, "header", "H", nil, "Header that is sent with every request, as name: value")
	cmd.Flags().BoolVarP(&o.write, "write", "w", false, "Create, change and delete users and groups of its own")
	cmd.Flags().StringVar(&o.domain, "domain", "example.com", "Domain of the users that are created")
	cmd.Flags().BoolVar(&o.json, "json", false, "Write one JSON object")
	return cmd
}

// probeOptions are the flags of probe.
type probeOptions struct {
	token, domain string
	headers       []string
	write, json   bool
}

// run probes the service provider at target.
func (o *probeOptions) run(ctx context.Context, target string, out, terminal io.Writer) error {
	if ctx == nil {
		ctx = context.Background()
	}
	header, err := o.header()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends the deleting too
	options := probe.Options{URL: target, Header: header, Write: o.write, Domain: o.domain, Client: &http.Client{Timeout: time.Minute}}
	clearLine := func() {}
	if isTerminal(terminal) {
		options.Progress = func(s probe.Step) {
			fmt.Fprintf(terminal, "\r\x1b[K[%d/%d] %s", s.Done+1, s.All, s.What)
		}
		clearLine = func() { fmt.Fprint(terminal, "\r\x1b[K") }
	}
	report, err := probe.Run(ctx, options)
	clearLine()
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted; what was created has been deleted")
	}
	if err != nil {
		if report != nil && len(report.Left) > 0 {
			return fmt.Errorf("%w, but for: %s", err, strings.Join(report.Left, "; "))
		}
		return err
	}
	if o.json {
		return report.WriteJSON(out)
	}
	return report.WriteText(out)
}

// header are the fields that every request has.
func (o *probeOptions) header() (http.Header, error) {
	header := http.Header{"User-Agent": {"caddy-scim-probe"}}
	replacer := caddy.NewReplacer()
	for _, line := range o.headers {
		name, value, found := strings.Cut(line, ":")
		if name = strings.TrimSpace(name); !found || !isToken(name) {
			return nil, fmt.Errorf("--header %q: a name, a colon and a value are expected", line)
		}
		value, err := replacer.ReplaceOrErr(strings.TrimSpace(value), true, true)
		if err != nil {
			return nil, fmt.Errorf("--header %s: %w", name, err)
		}
		header.Set(name, value)
	}
	if o.token != "" {
		token, err := replacer.ReplaceOrErr(o.token, true, true)
		if err != nil {
			return nil, fmt.Errorf("--token: %w", err)
		}
		header.Set("Authorization", "Bearer "+token)
	}
	return header, nil
}

// isTerminal reports whether somebody may be looking.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
