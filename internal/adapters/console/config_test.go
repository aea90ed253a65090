package console

import (
	"strings"
	"testing"
)

func TestLoopbackOnly(t *testing.T) {
	for endpoint, here := range map[string]bool{
		"http://127.0.0.1:8080": true, "https://localhost": true, "https://LOCALHOST:8443/x": true, "[::1]:6379": true, "127.9.9.9:80": true,
		"redis://:password@127.0.0.1:6379/0": true, "http://[::ffff:127.0.0.1]/": true, "localhost:80": true,
		"https://login.microsoftonline.com/x": false, "0.0.0.0:8080": false, ":8080": false, "[::]:8080": false, "": false, "localhost": false,
		"http://127.0.0.1@evil.example/": false, "http://127.0.0.1.evil.example": false, "https://localhost.evil.example": false,
		"https://": false, "http://10.0.0.1": false, "http://2130706433/": false, "redis://hoist:canary@redis.example:6379": false, "http://[::1%25lo]/": false,
		"http://127.0.0.1\\@evil.example/": false, "//127.0.0.1/": false, "unix:///tmp/redis.sock": false,
	} {
		err := LoopbackOnly("http://127.0.0.1", endpoint)
		if (err == nil) != here {
			t.Errorf("%q: %v", endpoint, err)
		}
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("the password is in the error: %v", err)
		}
	}
	if LoopbackOnly() == nil {
		t.Error("nothing was told, and everything allowed")
	}
}

func TestNew_refuses(t *testing.T) {
	for name, spoil := range map[string]func(*Config){
		"endpoints elsewhere": func(c *Config) { c.Endpoints = append(c.Endpoints, "https://graph.microsoft.com") },
		"no endpoints":        func(c *Config) { c.Endpoints = nil },
		"no bot":              func(c *Config) { c.Bot = nil },
		"no reader":           func(c *Config) { c.In = nil },
		"no writer":           func(c *Config) { c.Out = nil },
		"no clock":            func(c *Config) { c.Clock = nil },
		"nobody":              func(c *Config) { c.People = nil },
		"a slash":             func(c *Config) { c.People[0].Name = "a/b" },
		"a space":             func(c *Config) { c.People[0].Name = "Ada L" },
		"no name":             func(c *Config) { c.People[0].Name = "" },
		"the same name":       func(c *Config) { c.People[1].Name = "ADA" },
		"a channel twice":     func(c *Config) { c.Channels = append(c.Channels, c.Channels[0]) },
		"a channel's name":    func(c *Config) { c.Channels[0].Name = "#x" },
		"a workspace":         func(c *Config) { c.Workspace = "a/b" },
		"a sliver":            func(c *Config) { c.Width = 10 },
	} {
		r := newRoom(t, nil)
		cfg := r.cfg
		cfg.People, cfg.Channels = append([]Person{}, cfg.People...), append([]Channel{}, cfg.Channels...)
		if _, err := New(cfg); err != nil {
			t.Fatal(err)
		}
		spoil(&cfg)
		if _, err := New(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestNew_has_defaults(t *testing.T) {
	r := newRoom(t, func(c *Config) { c.Workspace, c.Width, c.Command = "", 0, "" })
	if r.cfg.Workspace != DefaultWorkspace || r.cfg.Width != DefaultWidth || r.cfg.Command != DefaultCommand || r.Name() != "console" {
		t.Errorf("%+v", r.cfg)
	}
}
