import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Values
import XMLRPC

/// Makes one XML-RPC call of somebody else: a connection, a POST, an answer.
struct CallbackClient: Sendable {
    /// Why a call did not arrive, in a few words for the log.
    struct Failure: Error, Hashable {
        let reason: String
    }

    /// From the begin of a call to the end of its answer.
    static let deadline = TimeAmount.seconds(5)

    let group: any EventLoopGroup

    init(group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton) {
        self.group = group
    }

    /// Calls a method and waits for its answer; what it answers is of no interest, unless it is a fault.
    func call(_ method: String, _ argument: Value, at address: CallbackAddress) async throws(Failure) {
        if address.isSomebodyElses { throw Failure(reason: "somebody else listens there") }
        let body = MethodCall(methodName: method, parameters: [argument]).encoded()
        let answer: CallbackExchange.Answer
        do {
            answer = try await exchange(body, address)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(reason: "\(error)")
        }
        guard answer.status == 200 else { throw Failure(reason: "HTTP status \(answer.status)") }
        do throws(XMLRPCError) {
            guard case .fault(let fault) = try MethodResponse(parsing: answer.body.readableBytesView) else { return }
            throw XMLRPCError(.structureInvalid, "fault \(fault.code)")
        } catch {
            throw Failure(reason: "the answer: \(error.message)")
        }
    }

    private func exchange(_ body: [UInt8], _ address: CallbackAddress) async throws -> CallbackExchange.Answer {
        let loop = group.next()
        let promise = loop.makePromise(of: CallbackExchange.Answer.self)
        let tls = address.isEncrypted ? try Self.context.get() : nil
        let connecting = ClientBootstrap(group: loop)
            .connectTimeout(Self.deadline)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: nil))
                    }
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(
                        CallbackExchange(body, at: address, promise: promise, deadline: Self.deadline))
                }
            }
            .connect(to: address.socket)
        connecting.whenFailure { promise.fail($0) }
        return try await withTaskCancellationHandler {
            try await promise.futureResult.get()
        } onCancel: {
            connecting.whenSuccess { $0.close(promise: nil) }
        }
    }

    /// Encrypts, and asks for no certificate that anybody vouches for: the client that is called is known by its
    /// address, and is told nothing that it could not ask for.
    private static let context = Result { () throws -> NIOSSLContext in
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        return try NIOSSLContext(configuration: configuration)
    }
}
