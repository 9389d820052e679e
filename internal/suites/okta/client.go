package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// client is Okta's SCIM client, as it works for applications of the integration
// wizard.
type client struct {
	base, token string
}

// find returns the id of the account with a user name; "" if there is none.
func (c *client) find(ctx context.Context, userName string) (string, error) {
	filter := url.QueryEscape(fmt.Sprintf("userName eq %q", userName))
	var list struct {
		Resources []struct {
			ID string `json:"id"`
		} `json:"Resources"`
	}
	err := c.do(ctx, http.MethodGet, "/Users?filter="+filter+"&startIndex=1&count=100", nil, http.StatusOK, &list)
	if err != nil || len(list.Resources) == 0 {
		return "", err
	}
	return list.Resources[0].ID, nil
}

// create makes an account and returns its id.
func (c *client) create(ctx context.Context, u *user) (string, error) {
	account := map[string]any{
		"schemas":     []string{"urn:ietf:params:scim:schemas:core:2.0:User"},
		"userName":    u.profile.Login,
		"name":        map[string]any{"givenName": u.profile.FirstName, "familyName": u.profile.LastName},
		"emails":      []any{map[string]any{"primary": true, "value": u.profile.Email, "type": "work"}},
		"displayName": u.profile.FirstName + " " + u.profile.LastName,
		"externalId":  u.id,
		"groups":      []any{},
		"password":    "t8QwLz3m",
		"active":      true,
	}
	if u.profile.Title != "" {
		account["title"] = u.profile.Title
	}
	var created struct {
		ID string `json:"id"`
	}
	err := c.do(ctx, http.MethodPost, "/Users", account, http.StatusCreated, &created)
	if err == nil && created.ID == "" {
		err = fmt.Errorf("the created user has no id")
	}
	return created.ID, err
}

// change reads an account and sends it back as a whole.
func (c *client) change(ctx context.Context, id string, edit func(map[string]any)) error {
	account := map[string]any{}
	if err := c.do(ctx, http.MethodGet, "/Users/"+id, nil, http.StatusOK, &account); err != nil {
		return err
	}
	edit(account)
	return c.do(ctx, http.MethodPut, "/Users/"+id, account, http.StatusOK, &account)
}

// do makes one request and reads the answer.
func (c *client) do(ctx context.Context, method, target string, body any, want int, into any) error {
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+target, bytes.NewReader(text))
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/scim+json")
	req.Header.Set("Accept-Charset", "utf-8")
	req.Header.Set("User-Agent", "Okta SCIM Client 1.0.0")
	req.Header.Set("Authorization", "Bearer "+c.token)
	if body != nil {
		req.Header.Set("Content-Type", "application/scim+json; charset=utf-8")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode != want {
		return fmt.Errorf("%s %s: status %d: %.200s", method, target, resp.StatusCode, answer)
	}
	return json.Unmarshal(answer, into)
}
