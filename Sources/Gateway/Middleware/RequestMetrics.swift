import Application
import HTTPTypes

/// Counts the requests of one route.
///
/// A route has one of its own, made with the router, so that a request looks nothing up.
struct RequestMetrics: Sendable {
    private let times: Histogram
    private let classes: [Counter]

    init(_ metrics: DaemonMetrics, method: String, route: String, interface: String) {
        times = metrics.requestTimes[method, route, interface]
        classes = (1...5).map { metrics.requests[method, route, interface, "\($0)xx"] }
    }

    /// Counts an answer; one that streams counts when it begins.
    func count(_ status: HTTPResponse.Status, took time: Duration) {
        times.observe(time)
        let index = status.code / 100 - 1
        if classes.indices.contains(index) { classes[index].increment() }
    }
}
