package sim

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"os"
	"time"
)

// authority is a certificate authority that lives as long as the simulator, and
// the one certificate it signed. Its key never leaves the process.
type authority struct {
	certificate *x509.Certificate
	leaf        tls.Certificate
}

// newAuthority uses the machine's clock: certificates are checked by clients
// that know no other.
func newAuthority() (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make authority key: %w", err)
	}
	template := template(1, "Simulated tenant authority")
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make authority certificate: %w", err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read authority certificate: %w", err)
	}
	a := &authority{certificate: certificate}
	if a.leaf, err = issue(certificate, key); err != nil {
		return nil, err
	}
	return a, nil
}

func issue(parent *x509.Certificate, parentKey *ecdsa.PrivateKey) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make server key: %w", err)
	}
	template := template(2, "127.0.0.1")
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	template.DNSNames = []string{"localhost"}
	template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), parentKey)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make server certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der, parent.Raw}, PrivateKey: key}, nil
}

func template(serial int64, name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial),
		Subject:      pkix.Name{CommonName: name, Organization: []string{"Hoist simulator"}},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(30 * 24 * time.Hour),
	}
}

func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	return pool
}

func (a *authority) serverConfig() *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{a.leaf}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
}

// write stores the certificate in the file, or in a temporary one without a
// name, and returns its path.
func (a *authority) write(path string) (string, error) {
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
	if path == "" {
		f, err := os.CreateTemp("", "hoist-sim-ca-*.pem")
		if err != nil {
			return "", fmt.Errorf("make file for the authority: %w", err)
		}
		path = f.Name()
		if err := f.Close(); err != nil {
			return path, fmt.Errorf("make file for the authority: %w", err)
		}
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return path, fmt.Errorf("write the authority: %w", err)
	}
	return path, nil
}

// quiet swallows what net/http logs about clients that hang up, which planned
// faults make them do.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
