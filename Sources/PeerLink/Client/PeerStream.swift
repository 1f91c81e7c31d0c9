import AsyncHTTPClient
import NIOCore
import Values
import Waiting

/// The body of an answer that is read piece by piece; the request ends when nobody holds it any more.
actor PeerStream {
    private let peer: PeerAddress
    /// The connections it is read from are kept for it.
    private let use: PeerPool.Use
    private var chunks: HTTPClientResponse.Body.AsyncIterator?

    init(_ body: HTTPClientResponse.Body, of peer: PeerAddress, by use: PeerPool.Use) {
        (self.peer, self.use) = (peer, use)
        chunks = body.makeAsyncIterator()
    }

    /// The next piece, `nil` behind the last one.
    ///
    /// - Throws: ``PeerFault`` `unreachable` when none comes in time; nothing comes after that.
    func next(within silence: Duration) async throws(PeerFault) -> ByteBuffer? {
        do throws(Interruption<PeerFault>) {
            return try await withDeadline({ try? await Task.sleep(for: silence) }) { () throws(PeerFault) in
                try await self.advance()
            }
        } catch {
            switch error {
            case .failed(let fault): throw fault
            case .deadline: throw PeerFault(.unreachable, "Node \(peer.node) (\(peer.place)) has become silent.")
            case .cancelled: throw PeerFault(.unreachable, "Asking node \(peer.node) was cancelled.")
            }
        }
    }

    private func advance() async throws(PeerFault) -> ByteBuffer? {
        guard var chunks else { return nil }
        // It is over for whoever asks once more while this is on its way, as nobody does.
        self.chunks = nil
        do {
            guard let chunk = try await chunks.next(isolation: self) else { return nil }
            self.chunks = chunks
            return chunk
        } catch {
            throw PeerFault(transport: error, of: peer, wasSent: true)
        }
    }
}

/// Lines of an answer, read when they are asked for.
actor PeerLines {
    /// What one line may have, in bytes.
    static let limit = 8 << 20

    private let open: @Sendable () async throws(PeerFault) -> PeerStream
    private let silence: Duration
    private var stream: PeerStream?
    private var lines = LineSplitter(limit: limit)
    private var waiting: ArraySlice<[UInt8]> = []
    private var isOver = false

    /// - Parameter open: Asks; called when the first line is asked for.
    init(silence: Duration, _ open: @escaping @Sendable () async throws(PeerFault) -> PeerStream) {
        (self.silence, self.open) = (silence, open)
    }

    /// The next line, `nil` behind the last one.
    func next() async throws(PeerFault) -> Value? {
        do throws(PeerFault) {
            while !isOver {
                if let line = waiting.popFirst() { return try Self.value(line) }
                try await read()
            }
            return nil
        } catch {
            (isOver, stream, waiting) = (true, nil, [])
            throw error
        }
    }

    private func read() async throws(PeerFault) {
        let stream = if let stream { stream } else { try await open() }
        self.stream = stream
        // Bytes that are no line are no sign of life.
        guard let bytes = try await stream.next(within: silence) else {
            waiting = lines.end().map { [$0] } ?? []
            if waiting.isEmpty { (isOver, self.stream) = (true, nil) }
            return
        }
        waiting = lines.add(bytes.readableBytesView)[...]
        if lines.isTooLong { throw PeerFault(.malformed, "A line of the answer is too long.") }
    }

    private static func value(_ line: [UInt8]) throws(PeerFault) -> Value {
        guard let value = try? JSON.parse(line, limits: PeerForm.limits) else {
            throw PeerFault(.malformed, "A line of the answer is not readable.")
        }
        if let fault = PeerFault(value) { throw fault }
        return value
    }
}
