package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"hoist/internal/demo"
)

type simCommand struct {
	HTTP    string `name:"http" default:"127.0.0.1:8081" help:"Where browsers and Slack's Web API are served." placeholder:"ADDRESS"`
	HTTPS   string `name:"https" default:"127.0.0.1:8443" help:"Where Entra and Graph are served to programs." placeholder:"ADDRESS"`
	CA      string `name:"ca" default:"sim-ca.pem" type:"path" help:"The file to write the certificate authority to." placeholder:"FILE"`
	World   string `type:"existingfile" help:"A YAML file with people, roles, policies and apps; unless given, the demo's." placeholder:"FILE"`
	Example bool   `help:"Print the demo's world as such a file, and end."`
}

// Run serves the simulated services until it is interrupted.
func (c simCommand) Run(ctx context.Context, out io.Writer) error {
	if c.Example {
		_, err := fmt.Fprint(out, demo.ExampleWorld())
		return err
	}
	options := demo.ServicesOptions{HTTP: c.HTTP, HTTPS: c.HTTPS, CAFile: c.CA, Name: c.World}
	if c.World != "" {
		text, err := os.ReadFile(c.World)
		if err != nil {
			return &usageError{err}
		}
		options.World = text
	}
	services, err := demo.StartServices(ctx, options)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprint(out, services.Greeting()); err != nil {
		return err
	}
	<-ctx.Done()
	return services.Close()
}
