// The scenario of all clients, with the client openapi-generator makes for Go.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"

	"scenario/confd"
)

// A client that trusts the daemon's certificate and no other.
func newClient() *confd.APIClient {
	certificate, err := os.ReadFile(os.Getenv("CONFD_CERTIFICATE"))
	check(err == nil, err)
	roots := x509.NewCertPool()
	check(roots.AppendCertsFromPEM(certificate), "the certificate cannot be read")
	configuration := confd.NewConfiguration()
	configuration.Servers = confd.ServerConfigurations{{URL: os.Getenv("CONFD_URL")}}
	configuration.HTTPClient = &http.Client{
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}},
	}
	return confd.NewAPIClient(configuration)
}

func basic(user string) context.Context {
	login := confd.BasicAuth{UserName: user, Password: os.Getenv("CONFD_PASSWORD")}
	return context.WithValue(context.Background(), confd.ContextBasicAuth, login)
}

func check(holds bool, value any) {
	if !holds {
		fmt.Fprintf(os.Stderr, "%+v\n", value)
		os.Exit(1)
	}
}

// The problem a call had to be refused with.
func problem(status int, answer *http.Response, err error) confd.Problem {
	var refusal *confd.GenericOpenAPIError
	check(errors.As(err, &refusal) && answer != nil && answer.StatusCode == status, err)
	problem, isProblem := refusal.Model().(confd.Problem)
	check(isProblem, refusal.Model())
	return problem
}

func passed(step string) { fmt.Println("ok " + step) }

func main() {
	client, user := newClient(), os.Getenv("CONFD_USER")
	types, _, err := client.JobTypesAPI.ListJobTypes(basic(user)).Execute()
	check(err == nil, err)
	isKnown := false
	for _, one := range types.Items {
		isKnown = isKnown || one.Name == "group_create"
	}
	check(isKnown, types)
	passed("basic")

	login := confd.NewSessionLogin()
	login.SetUser(user)
	login.SetPassword(os.Getenv("CONFD_PASSWORD"))
	opened, _, err := client.SessionsAPI.CreateSession(context.Background()).SessionLogin(*login).Execute()
	check(err == nil, err)
	session := context.WithValue(context.Background(), confd.ContextAccessToken, opened.GetToken())
	current, _, err := client.SessionsAPI.GetCurrentSession(session).Execute()
	check(err == nil && current.User == user, err)
	passed("session")

	wish := confd.NewGroupCreateRequest(*confd.NewGroupCreateParameters(703, "team"))
	wish.SetReason("bindings")
	job, _, err := client.GroupJobsAPI.StartGroupCreate(session).GroupCreateRequest(*wish).Wait("60s").Execute()
	check(err == nil && job.Stage == confd.JOBSTAGE_COMMITTED && job.GetOutcome() == "ok" && job.GetRevision() > 1, err)
	passed("job")

	result, _, err := client.JobsAPI.GetJobResult(session, job.JobId).Execute()
	check(err == nil && result.ResultCode == 0 && result.ResultName == "OK", err)
	passed("result")

	walk(client, session, job.JobId)
	passed("pages")

	change := map[string]any{"Global": map[string]any{"Timezone": "UTC"}}
	_, answer, err := client.ConfigurationAPI.PatchEXAConf(session).RequestBody(change).IfMatch(`"r1-0"`).Execute()
	conflict := problem(412, answer, err)
	check(conflict.Code == "revision-conflict" && conflict.GetCurrentRevision() >= job.GetRevision(), conflict)
	passed("conflict")

	follow(client, session, job.JobId)
	passed("events")

	removal := confd.NewGroupDeleteRequest(*confd.NewGroupDeleteParameters("team"))
	guest := basic(os.Getenv("CONFD_GUEST"))
	_, answer, err = client.GroupJobsAPI.StartGroupDelete(guest).GroupDeleteRequest(*removal).Execute()
	refused := problem(403, answer, err)
	check(refused.Code == "permission-denied" && len(refused.AllowedGroups) > 0, refused)
	passed("forbidden")
}

// Reads all jobs, two a page.
func walk(client *confd.APIClient, session context.Context, id string) {
	for count := 0; count < 5; count++ {
		_, _, err := client.DatabaseJobsAPI.StartDbList(session).DbListRequest(*confd.NewDbListRequest()).Wait("60s").
			Execute()
		check(err == nil, err)
	}
	found, pages, cursor := map[string]bool{}, 0, ""
	for pages == 0 || cursor != "" {
		request := client.JobsAPI.ListJobs(session).Limit(2)
		if cursor != "" {
			request = request.Cursor(cursor)
		}
		page, _, err := request.Execute()
		check(err == nil, err)
		for _, one := range page.Items {
			check(!found[one.JobId], "twice: "+one.JobId)
			found[one.JobId] = true
		}
		pages, cursor = pages+1, page.GetNextCursor()
	}
	check(pages > 3 && found[id], found)
}

// Reads what happened to a job, then waits for what does not.
func follow(client *confd.APIClient, session context.Context, id string) {
	page, _, err := client.EventsAPI.ListEvents(session).After("oldest").JobId(id).Execute()
	check(err == nil, err)
	last := ""
	for _, one := range page.Items {
		if one.Type == "job.stage" {
			last = one.GetStage()
		}
	}
	check(last == "committed", page)
	later, _, err := client.EventsAPI.ListEvents(session).After(page.NextAfter).JobId(id).Wait("1s").Execute()
	check(err == nil && len(later.Items) == 0, err)
}
