package import Hummingbird
package import Values

/// What routes and middleware know about a request besides the request itself.
package struct ServerRequestContext: RequestContext {
    /// The server makes one for each request.
    package typealias Source = ServerRequestSource

    /// The router's own part: path parameters, and the logger that has the request's id on each line.
    package var coreContext: CoreRequestContextStorage
    /// Sent back as `Confd-Request-Id`.
    package let requestID: String
    /// Shared by all requests of the connection; its address is what logins and audit records name.
    package let peer: PeerConnection
    /// The trace the caller keeps; `nil` when there is none.
    package let trace: TraceContext?

    /// Takes id and connection from the source, so that log, answer and audit record agree.
    package init(source: ServerRequestSource) {
        coreContext = CoreRequestContextStorage(source: source)
        requestID = source.requestID
        peer = source.peer
        trace = source.trace
    }

    /// Bytes; the limit of bodies that are decoded with `request.decode(as:context:)`.
    package var maxUploadSize: Int { 1024 * 1024 }
}
