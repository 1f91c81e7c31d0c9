import Hummingbird

/// The files of the status page, each at its own path.
struct PagesResource: Resource {
    private let pages: StaticPages

    init(_ pages: StaticPages) {
        self.pages = pages
    }

    var routes: [Route] {
        pages.files.sorted { $0.key < $1.key }.map { path, file in
            Route(.get, path, "getPage\(path)", "Get a file of the status page") { file.response(to: $0) }.with {
                $0.access = .open
                $0.locality = .anyNode
                $0.produces = []
                $0.face = .pages
                // Browsers and people add a query to get past caches.
                $0.takesAnyQuery = true
                $0.isDocumented = false
            }
        }
    }
}
