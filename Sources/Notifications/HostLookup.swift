import EXAConf
import Glibc
import Waiting

/// Asks the system which addresses a host has, on threads of its own: a name service that hangs holds up nobody else.
struct HostLookup: Sendable {
    private let threads = ThreadPool(name: "notify-lookup", threads: 2, queueLimit: 64)

    /// The addresses of a host, in the order they are to be tried.
    ///
    /// - Throws: ``DeliveryFault`` when nobody knows it.
    func addresses(of host: String) async throws(DeliveryFault) -> [String] {
        if IPAddress(host) != nil { return [host] }
        let found: Result<[String], DeliveryFault>
        do throws(ThreadPool.Refusal) {
            found = try await threads.run { Self.look(host) }
        } catch {
            throw DeliveryFault("no thread is free to look up \(host)")
        }
        return try found.get()
    }

    private static func look(_ host: String) -> Result<[String], DeliveryFault> {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &first)
        guard code == 0 else {
            return .failure(DeliveryFault("\(host) has no address: \(String(cString: gai_strerror(code)))"))
        }
        defer { freeaddrinfo(first) }
        var addresses: [String] = []
        var next = first
        while let place = next {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let code = getnameinfo(
                place.pointee.ai_addr, place.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            let shown = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if code == 0, !addresses.contains(shown) { addresses.append(shown) }
            next = place.pointee.ai_next
        }
        return addresses.isEmpty ? .failure(DeliveryFault("\(host) has no address")) : .success(addresses)
    }
}
