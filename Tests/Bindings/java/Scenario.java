import confd.client.ApiClient;
import confd.client.ApiException;
import confd.client.api.ConfigurationApi;
import confd.client.api.ConfigurationApi.APIPatchEXAConfRequest;
import confd.client.api.DatabaseJobsApi;
import confd.client.api.DatabaseJobsApi.APIStartDbListRequest;
import confd.client.api.EventsApi;
import confd.client.api.EventsApi.APIListEventsRequest;
import confd.client.api.GroupJobsApi;
import confd.client.api.GroupJobsApi.APIStartGroupCreateRequest;
import confd.client.api.GroupJobsApi.APIStartGroupDeleteRequest;
import confd.client.api.JobTypesApi;
import confd.client.api.JobTypesApi.APIListJobTypesRequest;
import confd.client.api.JobsApi;
import confd.client.api.JobsApi.APIGetJobResultRequest;
import confd.client.api.JobsApi.APIListJobsRequest;
import confd.client.api.SessionsApi;
import confd.client.api.SessionsApi.APICreateSessionRequest;
import confd.client.model.DbListRequest;
import confd.client.model.GroupCreateParameters;
import confd.client.model.GroupCreateRequest;
import confd.client.model.GroupDeleteParameters;
import confd.client.model.GroupDeleteRequest;
import confd.client.model.Job;
import confd.client.model.JobStage;
import confd.client.model.Problem;
import confd.client.model.SessionLogin;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The scenario of all clients, with the client openapi-generator makes for Java (java.net.http). */
public final class Scenario {
    private static final String USER = System.getenv("CONFD_USER");
    private static final String PASSWORD = System.getenv("CONFD_PASSWORD");

    private interface Call {
        void make() throws ApiException;
    }

    /** Trusts the daemon's certificate and no other. */
    private static SSLContext trust() throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (var file = Files.newInputStream(Path.of(System.getenv("CONFD_CERTIFICATE")))) {
            store.setCertificateEntry("confd", CertificateFactory.getInstance("X.509").generateCertificate(file));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static ApiClient client(String authorization) throws Exception {
        ApiClient client = new ApiClient();
        client.updateBaseUri(System.getenv("CONFD_URL"));
        client.setHttpClientBuilder(HttpClient.newBuilder().sslContext(trust()));
        client.setRequestInterceptor(request -> request.header("Authorization", authorization));
        return client;
    }

    private static String basic(String user) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + PASSWORD).getBytes());
    }

    private static void check(boolean holds, Object value) {
        if (!holds) {
            throw new AssertionError(String.valueOf(value));
        }
    }

    /** The problem a call has to be refused with. */
    private static Problem problem(int status, Call call) throws Exception {
        try {
            call.make();
        } catch (ApiException error) {
            check(error.getCode() == status, error);
            return ApiClient.createDefaultObjectMapper().readValue(error.getResponseBody(), Problem.class);
        }
        throw new AssertionError("no " + status);
    }

    private static void passed(String step) {
        System.out.println("ok " + step);
    }

    public static void main(String[] words) throws Exception {
        ApiClient basic = client(basic(USER));
        var types = new JobTypesApi(basic).listJobTypes(APIListJobTypesRequest.newBuilder().build()).getItems();
        check(types.stream().anyMatch(one -> one.getName().equals("group_create")), types);
        passed("basic");

        var opened = new SessionsApi(basic).createSession(APICreateSessionRequest.newBuilder()
            .sessionLogin(new SessionLogin().user(USER).password(PASSWORD)).build());
        ApiClient session = client("Bearer " + opened.getToken());
        check(new SessionsApi(session).getCurrentSession().getUser().equals(USER), opened);
        passed("session");

        var wish = new GroupCreateRequest().reason("bindings")
            .params(new GroupCreateParameters().groupid(704L).groupname("team"));
        Job job = new GroupJobsApi(session).startGroupCreate(
            APIStartGroupCreateRequest.newBuilder().groupCreateRequest(wish).waitTime("60s").build());
        check(job.getStage() == JobStage.COMMITTED && job.getOutcome().equals("ok") && job.getRevision() > 1, job);
        passed("job");

        JobsApi jobs = new JobsApi(session);
        var result = jobs.getJobResult(APIGetJobResultRequest.newBuilder().jobId(job.getJobId()).build());
        check(result.getResultCode() == 0 && result.getResultName().equals("OK"), result);
        passed("result");

        walk(session, job.getJobId());
        passed("pages");

        Map<String, Object> change = Map.of("Global", Map.of("Timezone", "UTC"));
        Problem conflict = problem(412, () -> new ConfigurationApi(session).patchEXAConf(
            APIPatchEXAConfRequest.newBuilder().requestBody(change).ifMatch("\"r1-0\"").build()));
        check(conflict.getCode().equals("revision-conflict"), conflict);
        check(conflict.getCurrentRevision() >= job.getRevision(), conflict);
        passed("conflict");

        follow(session, job.getJobId());
        passed("events");

        var removal = new GroupDeleteRequest().params(new GroupDeleteParameters().groupname("team"));
        GroupJobsApi guest = new GroupJobsApi(client(basic(System.getenv("CONFD_GUEST"))));
        Problem refused = problem(403, () -> guest.startGroupDelete(
            APIStartGroupDeleteRequest.newBuilder().groupDeleteRequest(removal).build()));
        check(refused.getCode().equals("permission-denied"), refused);
        check(refused.getAllowedGroups().contains("exaadm"), refused);
        passed("forbidden");
    }

    /** Reads all jobs, two a page. */
    private static void walk(ApiClient session, String id) throws ApiException {
        for (int count = 0; count < 5; count++) {
            new DatabaseJobsApi(session).startDbList(
                APIStartDbListRequest.newBuilder().dbListRequest(new DbListRequest()).waitTime("60s").build());
        }
        JobsApi jobs = new JobsApi(session);
        Set<String> found = new HashSet<>();
        int pages = 0;
        String cursor = null;
        do {
            var page = jobs.listJobs(APIListJobsRequest.newBuilder().limit(2L).cursor(cursor).build());
            for (Job one : page.getItems()) {
                check(found.add(one.getJobId()), one);
            }
            pages++;
            cursor = page.getNextCursor();
        } while (cursor != null);
        check(pages > 3 && found.contains(id), found);
    }

    /** Reads what happened to a job, then waits for what does not. */
    private static void follow(ApiClient session, String id) throws ApiException {
        EventsApi events = new EventsApi(session);
        var request = APIListEventsRequest.newBuilder().jobId(id);
        var page = events.listEvents(request.after("oldest").build());
        String last = null;
        for (var one : page.getItems()) {
            last = one.getType().equals("job.stage") ? one.getStage() : last;
        }
        check("committed".equals(last), page);
        var later = events.listEvents(request.after(page.getNextAfter()).waitTime("1s").build());
        check(later.getItems().isEmpty(), later);
    }
}
