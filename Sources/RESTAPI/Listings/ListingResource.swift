import Access
import Gateway
import HTTPTypes
import Hummingbird
import JobEngine
import OpenAPI
import Values

/// The routes of a listing. They are served where the jobs whose rights they need are known.
struct ListingResource<Item: Sendable>: Resource {
    private let listing: Listing<Item>
    private let services: GatewayServices
    private let rights: (list: Permission, item: Permission)?

    init(_ listing: Listing<Item>, _ services: GatewayServices) {
        self.listing = listing
        self.services = services
        let permission = { (job: String) in (try? services.scheduler.catalogue.definition(job))?.permission }
        rights = permission(listing.rights.list).flatMap { list in
            permission(listing.rights.item).map { (list, $0) }
        }
    }

    var routes: [Route] {
        guard let rights else { return [] }
        return [
            route(
                listing.path, id: "list\(listing.many)", verb: "List", permission: rights.list,
                answer: listing.listSchema, handler: list
            ).with {
                $0.query = listing.query
                $0.contract.headers = [.link]
            },
            route(
                "\(listing.path)/{\(listing.key)}", id: "get\(listing.one)", verb: "Get", permission: rights.item,
                answer: listing.shown.name,
                handler: get
            ).with { $0.contract.pathTexts = [listing.key: listing.keyText] },
        ]
    }

    private func route(
        _ path: String, id: String, verb: String, permission: Permission, answer: String,
        handler: @escaping Route.Handler
    ) -> Route {
        let noun = verb == "List" ? "all of the \(listing.tag)" : "one of the \(listing.tag)"
        return Route(.get, path, id: id, summary: "\(verb) \(noun)", handler: handler).with {
            $0.access = .permitted(permission)
            $0.locality = .freshRead
        }.answers(listing.tag, answer) {
            $0.detail = listing.detail
            $0.isValidated = true
            $0.schemas = listing.schemas
        }
    }

    private func list(_ call: Call) async throws -> Response {
        let inventory = Inventory(services)
        let all = listing.sorted(inventory).filter { item in
            listing.filters.allSatisfy { $0.admits(item, call.query) }
        }
        let filter = ListPage.filterText(call, besides: ["fields=", "count="])
        let place = try NameCursor(call.query["cursor"], filter: filter)
        let rest = place.map { place in all.drop { !Listing<Item>.comes(place.name, before: listing.name($0)) } }
        let shown = (rest ?? all[...]).prefix(call.query.int("limit") ?? 50)
        let isLast = shown.endIndex == all.endIndex
        let next = isLast ? nil : shown.last.map { NameCursor(after: listing.name($0), filter: filter) }
        let onlyOpen = try !seesAll(call.caller)
        let fields = MemberChoice(call.query)
        var page: [String: Value?] = [
            "items": .list(shown.map { fields.trimming(listing.shown.value(of: $0, onlyOpen: onlyOpen)) }),
            "next_cursor": (next?.text).map(Value.string),
            "total": call.query.flag("count") == true ? .int(all.count) : nil,
        ]
        for member in listing.more { page[member.name] = member.value(inventory) }
        var response = Reply.validated(call, JSON.bytes(.members(page)), as: .json)
        response.headers[.link] = ListPage.links(to: call, next: next?.text)
        return response
    }

    private func get(_ call: Call) async throws -> Response {
        let name = call.path(listing.key)
        guard let item = listing.items(Inventory(services)).first(where: { listing.name($0) == name }) else {
            throw Problem(
                JobError(.objectMissing, "There is no '\(name.echoed)' at this path (\(listing.tag))."))
        }
        return Reply.validated(call, JSON.bytes(listing.shown.value(of: item)), as: .json)
    }

    /// Whether a caller who may list such things may see everything of them.
    private func seesAll(_ caller: Principal) -> Bool {
        rights?.item.permits(caller) == .permitted
    }
}
