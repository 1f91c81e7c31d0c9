import Application
import Gateway
import HTTPServer
import HTTPTypes
import Hummingbird
import NIOCore

/// `/metrics`: what the daemon counts and measures about itself, for Prometheus and what reads its forms.
///
/// Numbers of jobs and logins tell how a cluster is used, so a scraper logs in as an administrator or shows the
/// cluster's token, unless the setting `metrics.open` lets everybody read.
struct MetricsResource: Resource {
    let services: GatewayServices

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(
                .get, "/metrics", id: "getMetrics", summary: "Get numbers about the daemon, for Prometheus",
                handler: get
            ).with {
                $0.access = services.settings.hasOpenMetrics ? .open : .administrators
                $0.locality = .anyNode
                // The two forms differ in parameters of one media type, which the handler looks at itself.
                $0.produces = []
                $0.takesAnyQuery = true
            }.answersText("health") {
                $0.example = "# TYPE confd_jobs_open gauge\nconfd_jobs_open 3\n"
            }
        ]
    }

    private var levels: ServiceMetrics {
        ServiceMetrics(
            scheduler: services.scheduler, cluster: services.cluster, logins: services.logins, time: services.time,
            version: services.settings.version)
    }

    private var room: RoomMetrics {
        RoomMetrics(scheduler: services.scheduler, memory: services.memory, measure: services.room)
    }

    private func get(_ call: Call) async throws -> Response {
        let form = Self.form(accept: call.request.headers[.accept])
        var text = MetricText(form)
        let families = services.metrics.families + (await levels.families()) + (await room.families())
        for family in families + ProcessMetrics.families { text.add(family, await family.collect()) }
        text.finish()
        return Response(
            status: .ok, headers: [.contentType: form.rawValue, .vary: Reply.vary],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text.text)))
    }

    /// OpenMetrics for who names it with a weight of at least that of plain text.
    static func form(accept: String?) -> MetricText.Form {
        let elements = AcceptElement.elements(of: accept ?? "").map { ($0.name, $0.weight) }
        let weights = Dictionary(elements, uniquingKeysWith: max)
        guard let open = weights["application/openmetrics-text"], open > 0 else { return .prometheus }
        return open >= weights["text/plain"] ?? 0 ? .openMetrics : .prometheus
    }
}
