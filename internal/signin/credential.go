package signin

import (
	"context"
	"errors"
	"fmt"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"

	"hoist/internal/secret"
)

// Credential is how the app proves to Entra that it is itself. Make one with
// [ClientSecret], [ClientCertificate] or [ClientAssertion]; the zero Credential
// is refused.
type Credential struct {
	msal confidential.Credential
	kind string
}

// String says which kind it is and nothing more.
func (c Credential) String() string { return "credential (" + c.kind + ")" }

// GoString is String, so that no verb prints the content.
func (c Credential) GoString() string { return c.String() }

// ClientSecret is a secret of the app registration.
func ClientSecret(s secret.Value) (Credential, error) {
	if s.IsZero() {
		return Credential{}, errors.New("client secret is empty")
	}
	c, err := confidential.NewCredFromSecret(s.Reveal())
	if err != nil {
		return Credential{}, errors.New("client secret cannot be used")
	}
	return Credential{msal: c, kind: "secret"}, nil
}

// ClientCertificate is a certificate with its unencrypted RSA key, both PEM.
// Microsoft prefers it to a secret:
// https://learn.microsoft.com/entra/identity-platform/certificate-credentials.
func ClientCertificate(pem secret.Value) (Credential, error) {
	certs, key, err := confidential.CertFromPEM([]byte(pem.Reveal()), "")
	if err != nil {
		return Credential{}, errors.New("client certificate: want a PEM with certificate and unencrypted key")
	}
	c, err := confidential.NewCredFromCert(certs, key)
	if err != nil {
		return Credential{}, fmt.Errorf("client certificate: key and certificate do not fit: %w", err)
	}
	return Credential{msal: c, kind: "certificate"}, nil
}

// ClientAssertion asks read for a token of a trusted identity provider each
// time (workload identity federation), so that the app has no secret at all:
// https://learn.microsoft.com/entra/workload-id/workload-identity-federation.
func ClientAssertion(read func(context.Context) (secret.Value, error)) Credential {
	c := confidential.NewCredFromAssertionCallback(func(ctx context.Context, _ confidential.AssertionRequestOptions) (string, error) {
		v, err := read(ctx)
		return v.Reveal(), err
	})
	return Credential{msal: c, kind: "assertion"}
}
