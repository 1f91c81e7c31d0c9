import Gateway
import HTTPTypes
import Hummingbird
import StatusPage

/// The documents as a site below `/docs`, for whoever can reach the server; where they are not installed, how to get them.
struct DocumentsResource: Resource {
    private static let place = "/docs"

    private let pages: StaticPages

    init(_ services: GatewayServices) {
        pages = services.documents
    }

    var routes: [Route] {
        [first]
            + pages.files.sorted { $0.key < $1.key }.map { path, file in
                Self.route(Self.place + path) { file.response(to: $0.request) }
            }
    }

    /// Links of the site are relative: they hold from its first file on, not from the name of its folder.
    private var first: Route {
        let isInstalled = pages.index != nil
        return Self.route(Self.place) { _ in
            guard isInstalled else {
                throw Problem(
                    .pathNotFound,
                    "The documents are not installed here. The package has them; 'scripts/site' builds them in a checkout, and "
                        + "the setting 'http.docs' names their folder.")
            }
            return Response(status: .found, headers: [.location: Self.place + StaticPages.indexPath])
        }
    }

    private static func route(_ path: String, handler: @escaping Route.Handler) -> Route {
        Route.file(path, id: "getDocument\(path)", summary: "Get a file of the documents", handler: handler)
    }
}
