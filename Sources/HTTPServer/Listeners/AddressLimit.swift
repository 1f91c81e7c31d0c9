import NIOCore
import Synchronization
import Values

/// Counts the open connections of each address, so that one address cannot take all there are.
final class AddressCount: Sendable {
    private let limit: Int
    private let proxies: TrustedProxies
    private let open = Mutex<[String: Int]>([:])

    /// Lets each address have so many at once, but for proxies, whose connections are those of many.
    init(limit: Int, proxies: TrustedProxies) {
        self.limit = limit
        self.proxies = proxies
    }

    /// What an address is counted as; `nil` for one that is not.
    func scope(of address: String) -> String? {
        proxies.covers(address) ? nil : RemoteAddress(address).scope
    }

    /// Whether the address may have one more; it is counted then, until ``leave(_:)``.
    func enter(_ scope: String) -> Bool {
        open.withLock { open in
            guard open[scope, default: 0] < limit else { return false }
            open[scope, default: 0] += 1
            return true
        }
    }

    func leave(_ scope: String) {
        open.withLock { open in
            guard let count = open[scope] else { return }
            open[scope] = count > 1 ? count - 1 : nil
        }
    }
}

/// Closes a connection at once, before any work for it, when its address has as many as it may.
final class AddressLimitHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let count: AddressCount
    private var counted: String?

    init(_ count: AddressCount) {
        self.count = count
    }

    func channelActive(context: ChannelHandlerContext) {
        if let scope = count.scope(of: PeerConnection.text(of: context.remoteAddress)) {
            guard count.enter(scope) else { return context.close(promise: nil) }
            counted = scope
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let counted { count.leave(counted) }
        counted = nil
        context.fireChannelInactive()
    }
}
