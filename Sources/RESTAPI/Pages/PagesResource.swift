import Gateway
import Hummingbird
import StatusPage

/// The files of the status page, each at its own path.
struct PagesResource: Resource {
    private let pages: StaticPages
    private let front: FrontPage?

    init(_ services: GatewayServices) {
        pages = services.pages
        front = FrontPage(services)
    }

    var routes: [Route] {
        pages.files.sorted { $0.key < $1.key }.map { path, file in
            Route.file(path, id: "getPage\(path)", summary: "Get a file of the status page") { call in
                if path == StaticPages.indexPath, let front { return await front.response(to: call.request) }
                return file.response(to: call.request)
            }
        }
    }
}

extension Route {
    /// A file for browsers, which whoever can reach the server may have from any node.
    static func file(_ path: String, id: String, summary: String, handler: @escaping Handler) -> Route {
        Route(.get, path, id: id, summary: summary, handler: handler).with {
            $0.access = .open
            $0.locality = .anyNode
            // One look at a page asks for all its files at once, and they lie in memory.
            $0.isCounted = false
            $0.produces = []
            $0.interface = .pages
            // Browsers and people add a query to get past caches.
            $0.takesAnyQuery = true
            $0.isDocumented = false
        }
    }
}
