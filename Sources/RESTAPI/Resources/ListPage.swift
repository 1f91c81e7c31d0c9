import Gateway
import HTTPTypes
import Hummingbird
import JobEngine
import Values

/// One page of a list, with the way to the next one.
struct ListPage {
    let items: [Value]
    /// Where the next page begins; `nil` on the last one.
    let next: Cursor?

    /// The answer, with links that keep the filters of the request.
    func response(to call: Call) -> Response {
        Self.response(to: call, items: items, next: next?.text)
    }

    /// The same for a list with cursors of its own kind.
    ///
    /// - Parameter more: What the page has besides, by name.
    static func response(
        to call: Call, items: [Value], next: String?, total: Int? = nil, more: [String: Value?] = [:]
    ) -> Response {
        var headers = HTTPFields()
        let path = call.request.uri.path
        let filters = Self.filters(call.query.text)
        var links: [String] = []
        if let next {
            links.append("<\(path)?\(filters)cursor=\(next)>; rel=\"next\"")
        }
        links.append("<\(path)\(filters.isEmpty ? "" : "?" + filters.dropLast())>; rel=\"first\"")
        headers[.link] = links.joined(separator: ", ")
        let page: [String: Value?] = [
            "items": .list(items), "next_cursor": next.map(Value.string), "total": total.map(Value.int),
        ]
        return Reply.json(.members(page.merging(more) { $1 }), headers: headers)
    }

    /// The query without its cursor, each parameter with an ampersand behind.
    private static func filters(_ query: String?) -> String {
        // What stands between the brackets of a link must not hold any.
        let parameters = (query ?? "").split(separator: "&").filter { parameter in
            !parameter.hasPrefix("cursor=") && !parameter.contains { $0 == "<" || $0 == ">" || $0 == "\"" }
        }
        return parameters.map { "\($0)&" }.joined()
    }

    /// What a cursor is bound to: all parameters that choose items, in a fixed order.
    static func filterText(_ call: Call) -> String {
        (call.query.text ?? "").split(separator: "&")
            .filter { parameter in !["cursor=", "limit=", "pretty"].contains { parameter.hasPrefix($0) } }
            .sorted().joined(separator: "&")
    }
}
