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
        headers[.link] = links(to: call, next: next)
        let page: [String: Value?] = [
            "items": .list(items), "next_cursor": next.map(Value.string), "total": total.map(Value.int),
        ]
        return Reply.json(.members(page.merging(more) { $1 }), headers: headers)
    }

    /// The ways to the next page, where there is one, and to the first, as a header field has them.
    static func links(to call: Call, next: String?) -> String {
        let path = call.request.uri.path
        let filters = Self.filters(call.query.text)
        let first = "<\(path)\(filters.isEmpty ? "" : "?" + filters.dropLast())>; rel=\"first\""
        guard let next else { return first }
        return "<\(path)?\(filters)cursor=\(next)>; rel=\"next\", \(first)"
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
    ///
    /// - Parameter others: How further parameters begin that choose none.
    static func filterText(_ call: Call, besides others: [String] = []) -> String {
        let others = ["cursor=", "limit=", "pretty"] + others
        return (call.query.text ?? "").split(separator: "&")
            .filter { parameter in !others.contains { parameter.hasPrefix($0) } }
            .sorted().joined(separator: "&")
    }
}
