package import Hummingbird

/// What routes and middleware know about a request besides the request itself.
package struct GatewayRequestContext: RequestContext {
    package typealias Source = GatewayRequestSource

    package var coreContext: CoreRequestContextStorage
    /// Sent back as `Confd-Request-Id`.
    package let requestID: String
    package let peer: PeerConnection

    package init(source: GatewayRequestSource) {
        coreContext = CoreRequestContextStorage(source: source)
        requestID = source.requestID
        peer = source.peer
    }

    /// Bytes; the limit of bodies that are decoded with `request.decode(as:context:)`.
    package var maxUploadSize: Int { 1024 * 1024 }
}
