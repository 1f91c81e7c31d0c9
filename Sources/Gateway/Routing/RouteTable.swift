import HTTPServer
package import HTTPTypes
import Hummingbird

/// Every operation the daemon answers, in one list.
package struct RouteTable: Sendable {
    /// In the order of their resources.
    package let routes: [Route]
    private let shapes: [(segments: [Substring], method: HTTPRequest.Method)]

    /// The routes of all resources, one after the other; of two alike the first is served.
    package init(_ resources: [any Resource]) {
        routes = resources.flatMap(\.routes)
        shapes = routes.map { ($0.path.split(separator: "/"), $0.method) }
    }

    /// Makes a router answer all routes. Of two with the same method and path the first one counts.
    func install(on router: Router<ServerRequestContext>, _ services: GatewayServices) {
        var taken: Set<String> = []
        for route in routes where taken.insert("\(route.method) \(route.path)").inserted {
            router.on(
                RouterPath(route.path), method: route.method,
                responder: RouteResponder(route: route, services: services))
        }
    }

    /// The methods a path takes, sorted; empty when no route has it.
    ///
    /// Where several routes fit, only those count whose template has the most fixed segments from the front: it is where
    /// the router goes, and it looks no further when the method is not there.
    package func methods(at path: String) -> [HTTPRequest.Method] {
        guard Self.isPlain(path) else { return [] }
        let segments = path.split(separator: "/")
        let fitting = shapes.filter { Self.fits(segments, $0.segments) }
        let closest = fitting.map { Self.shape(of: $0.segments) }.min { $0.lexicographicallyPrecedes($1) }
        var methods = Set(fitting.filter { Self.shape(of: $0.segments) == closest }.map(\.method))
        if methods.contains(.get) { methods.insert(.head) }
        return methods.sorted { $0.rawValue < $1.rawValue }
    }

    /// Whether a path has no empty segment: the router would take `/jobs/` and `//jobs` for `/jobs`.
    static func isPlain(_ path: String) -> Bool {
        var previous: UInt8 = 0
        var count = 0
        for byte in path.utf8 {
            if byte == UInt8(ascii: "/"), previous == byte { return false }
            previous = byte
            count += 1
        }
        return count == 1 || previous != UInt8(ascii: "/")
    }

    /// 0 for a fixed segment and 1 for a parameter, from the front.
    private static func shape(of template: [Substring]) -> [Int] { template.map { $0.first == "{" ? 1 : 0 } }

    private static func fits(_ segments: [Substring], _ template: [Substring]) -> Bool {
        segments.count == template.count
            && zip(segments, template).allSatisfy { segment, part in part.first == "{" || part == segment }
    }
}
