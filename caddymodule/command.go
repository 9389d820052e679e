package caddymodule

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	caddycmd "github.com/caddyserver/caddy/v2/cmd"

	"github.com/caddy-scim/caddy-scim/caddymodule/explain"
)

func init() {
	caddycmd.RegisterCommand(caddycmd.Command{
		Name:  "scim",
		Usage: "explain|probe|rules",
		Short: "Explains what the SCIM gateway does, and finds out what it stands in front of",
		CobraFunc: func(cmd *cobra.Command) {
			cmd.AddCommand(explainCommand(), probeCommand(), rulesCommand())
		},
	})
}

func explainCommand() *cobra.Command {
	var o explainOptions
	cmd := &cobra.Command{
		Use:   "explain [--config <path> [--adapter <name>]] [--provider <name>] [--json | --jsonl] [<file>...]",
		Short: "Shows what would become of SCIM requests",
		Long: `
Reads SCIM requests from files, or from standard input, and shows for each what
the gateway would forward, what it would change on the way and why, and what it
would refuse. Nothing is sent anywhere.

Requests are raw HTTP: request line, headers, an empty line and the body. Put a
line that starts with ### between several. With --jsonl, each line is a JSON
object and so is each line of the output:

  {"method":"PATCH","target":"/scim/v2/Users/17","headers":{},"body":{},"resource":{}}

A body that is a string is the raw body, anything else a JSON value. The
resource is the present state of what the request addresses, for requests that
the gateway cannot carry out without reading it. Where it is needed and not
given, one that is all but empty is made up.

--config takes base_path, providers, schemas, rules and backend from the first
scim handler of a configuration. --provider names the provider instead of recognising it.
`,
		RunE: func(cmd *cobra.Command, files []string) error {
			cmd.SilenceUsage = true
			return o.run(cmd.Context(), files, cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
	o.configFlags(cmd)
	cmd.Flags().StringVarP(&o.provider, "provider", "p", "", "Provider that the requests come from")
	cmd.Flags().BoolVar(&o.json, "json", false, "Write one JSON object for each request")
	cmd.Flags().BoolVar(&o.jsonl, "jsonl", false, "Read and write one JSON object a line")
	return cmd
}

func rulesCommand() *cobra.Command {
	var o explainOptions
	cmd := &cobra.Command{
		Use:   "rules [--config <path> [--adapter <name>]] [<id>]",
		Short: "Lists the rules of the SCIM gateway, or shows one of them",
		Long: `
Lists the rules that come with the gateway, each with its reason, or shows all
that is known about one of them. With --config, the rules of your own that the
first scim handler of a configuration has stand behind them.
`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			h, release, err := o.handler()
			if err != nil {
				return err
			}
			defer release()
			if len(args) == 1 {
				return explain.WriteRule(cmd.OutOrStdout(), args[0], h.own()...)
			}
			return explain.WriteCatalogue(cmd.OutOrStdout(), h.own()...)
		},
	}
	o.configFlags(cmd)
	return cmd
}

// explainOptions are the flags of explain.
type explainOptions struct {
	config, adapter, provider string
	json, jsonl               bool
}

// configFlags are the flags by which a command is given a configuration.
func (o *explainOptions) configFlags(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&o.config, "config", "c", "", "Configuration file with a scim handler")
	cmd.Flags().StringVarP(&o.adapter, "adapter", "a", "", "Name of config adapter")
}

// run explains the requests of all files, or of in if there are none.
func (o *explainOptions) run(ctx context.Context, files []string, in io.Reader, out io.Writer) error {
	if ctx == nil {
		ctx = context.Background()
	}
	gateway, release, err := o.gateway()
	if err != nil {
		return err
	}
	defer release()
	if len(files) == 0 {
		return o.explain(ctx, gateway, in, out)
	}
	for _, name := range files {
		if err := o.explainFile(ctx, gateway, name, in, out); err != nil {
			return err
		}
	}
	return nil
}

func (o *explainOptions) explainFile(ctx context.Context, g *explain.Gateway, name string, in io.Reader, out io.Writer) error {
	if name == "-" {
		return o.explain(ctx, g, in, out)
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := o.explain(ctx, g, file, out); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (o *explainOptions) explain(ctx context.Context, g *explain.Gateway, in io.Reader, out io.Writer) error {
	if o.jsonl {
		return g.JSONLines(ctx, in, out)
	}
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	requests, err := explain.ParseHTTP(string(text))
	if err != nil {
		return err
	}
	for i, r := range requests {
		answer := g.Explain(ctx, r)
		if o.json {
			err = explain.WriteJSON(out, answer)
		} else {
			err = writeText(out, i, r, answer)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func writeText(out io.Writer, i int, r explain.Request, a explain.Answer) error {
	if i > 0 {
		if _, err := io.WriteString(out, "\n###\n\n"); err != nil {
			return err
		}
	}
	return explain.WriteText(out, r, a)
}
