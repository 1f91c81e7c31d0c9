import HTTPTypes
package import Hummingbird

/// The first page: what the node tells anybody stands in it as plain HTML, for readers without scripts and for a first
/// look that waits for nothing.
package struct FrontPage: Sendable {
    private let contentType: String
    private let template: PageTemplate
    private let facts: @Sendable () async -> [String: String]

    /// `nil` when the pages have no `index.html`.
    ///
    /// - Parameter facts: Asked for each time the page is: texts, by the names of their places in it.
    package init?(_ pages: StaticPages, facts: @escaping @Sendable () async -> [String: String]) {
        guard let file = pages.index else { return nil }
        contentType = file.contentType
        template = PageTemplate(String(decoding: file.bytes, as: UTF8.self))
        self.facts = facts
    }

    /// The page with what holds now, or 304 for a caller who was told the same before.
    package func response(to request: Request) async -> Response {
        let page = template.filled(await facts())
        var answer = StaticFile(bytes: Array(page.utf8), contentType: contentType).response(to: request)
        // The root is JSON for those who do not ask for HTML.
        answer.headers[.vary] = "Accept, Accept-Encoding"
        return answer
    }
}
