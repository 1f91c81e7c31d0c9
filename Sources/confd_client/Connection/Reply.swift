import AsyncHTTPClient
import NIOHTTP1
import Values

/// What the daemon answered.
struct Reply {
    let status: Int
    let headers: HTTPHeaders
    let text: String
    /// `null` for a body that is no JSON.
    let value: Value

    init(_ response: HTTPClientResponse, _ body: [UInt8]) {
        status = Int(response.status.code)
        headers = response.headers
        text = String(decoding: body, as: UTF8.self)
        value = (try? JSON.parse(body, limits: .generous)) ?? .null
    }

}

/// Where a node that is not the master sends its callers.
struct Redirect {
    let host: String

    /// `nil` for any other reply.
    ///
    /// - Throws: ``Failure`` when the place is not the one the daemon itself names as master, or not HTTPS.
    init?(_ reply: Reply) throws(Failure) {
        guard reply.status == 302 || reply.status == 307 else { return nil }
        let location = reply.headers.first(name: "Location") ?? ""
        let named = reply.headers.first(name: "Confd-Master") ?? ""
        guard location.hasPrefix("https://"), !named.isEmpty,
            location.dropFirst(8).prefix(while: { $0 != "/" && $0 != "?" }) == named,
            let address = reply.value["master"]?["address"]?.string,
            let master = try? Endpoint.list(named, port: Place.usualPort), master.map(\.host) == [address]
        else {
            throw Failure("The reply sends us to '\(location)', which is not the cluster's master.", .untrusted)
        }
        host = named
    }
}
