package app

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// Limits of the server. A platform's delivery and a page's form are small and
// come from close by or from a person; whoever is slower than this is not one of
// them. Handlers bound bodies themselves.
const (
	headerFor  = 2 * time.Second
	readFor    = 5 * time.Second
	writeFor   = 60 * time.Second // a callback may take 45 seconds
	idleFor    = 60 * time.Second
	headerSize = 16 << 10
)

// serve starts the HTTP server and returns how to stop it.
func (a *App) serve() func(context.Context) error {
	server := &http.Server{
		Handler:           a.mux,
		ReadHeaderTimeout: headerFor,
		ReadTimeout:       readFor,
		WriteTimeout:      writeFor,
		IdleTimeout:       idleFor,
		MaxHeaderBytes:    headerSize,
		ErrorLog:          slog.NewLogLogger(a.opts.Log.Handler(), slog.LevelDebug),
	}
	a.running.Go(func() {
		if err := server.Serve(a.opts.Listener); err != nil && err != http.ErrServerClosed {
			a.opts.Log.Error("server stopped", "err", err)
		}
	})
	return server.Shutdown
}
