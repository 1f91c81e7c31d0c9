import ClusterLog
import Glibc
import NIOCore
import NIOHTTP1
import Posix
import Values
import Waiting

/// A question that has come as a whole, and the way back for its answer.
struct PeerExchange: Sendable {
    /// Bytes of a file that are read at once.
    private static let piece = 256 << 10

    let admission: PeerAdmission
    let body: ByteBuffer
    let connection: PeerConnection
    /// Answered when the caller goes away.
    let gone: Waiter<Void>
    private let limits: PeerLimits

    init(
        _ admission: PeerAdmission, _ body: ByteBuffer, on connection: PeerConnection, gone: Waiter<Void>,
        limits: PeerLimits
    ) {
        (self.admission, self.body, self.connection) = (admission, body, connection)
        (self.gone, self.limits) = (gone, limits)
    }

    private var channel: any Channel { connection.channel }

    /// Ends the connection: the caller finds an answer that breaks off.
    func cut() { channel.close(promise: nil) }

    /// Answers with one value.
    func send(_ value: Value, as status: HTTPResponseStatus = .ok, term: Term?) async {
        let bytes = ByteBuffer(bytes: JSON.bytes(value))
        do {
            try await inTime {
                channel.write(head(status, PeerForm.json, length: bytes.readableBytes, term: term), promise: nil)
                channel.write(HTTPServerResponsePart.body(.byteBuffer(bytes)), promise: nil)
                return channel.writeAndFlush(HTTPServerResponsePart.end(nil))
            }
        } catch {
            cut()
        }
    }

    /// Answers with lines as they come. Whether it was all of them is told by the end of the answer.
    func send(_ lines: AsyncStream<Value>, term: Term?) async {
        do {
            try await inTime { channel.writeAndFlush(head(.ok, PeerForm.lines, length: nil, term: term)) }
            for await line in lines {
                let bytes = ByteBuffer(bytes: JSON.bytes(line) + [UInt8(ascii: "\n")])
                try await inTime { channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(bytes))) }
            }
            // A stream ends for a task that is cancelled, too, wherever it is.
            if Task.isCancelled { return cut() }
            try await inTime { channel.writeAndFlush(HTTPServerResponsePart.end(nil)) }
        } catch {
            cut()
        }
    }

    /// Answers with the content of a file, as long as it is when that begins.
    ///
    /// - Throws: ``PeerFault`` when nothing was sent yet.
    func send(_ file: Descriptor, by files: ThreadPool, term: Term?) async throws(PeerFault) {
        let length: Int
        do throws(SystemFault) {
            let found = try file.look()
            guard found.isFile else { throw SystemFault(EINVAL) }
            length = Int(found.st_size)
        } catch {
            throw PeerFault(.refused, "The file cannot be read: \(error).")
        }
        do {
            try await inTime { channel.writeAndFlush(head(.ok, PeerForm.octets, length: length, term: term)) }
            var place = 0
            while place < length {
                let (start, count) = (place, min(Self.piece, length - place))
                let bytes = try await files.run {
                    Result { () throws(SystemFault) in try file.read(from: start, count: count) }
                }.get()
                // It has become shorter meanwhile.
                if bytes.isEmpty { return cut() }
                place += bytes.count
                let part = ByteBuffer(bytes: bytes)
                try await inTime { channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(part))) }
            }
            try await inTime { channel.writeAndFlush(HTTPServerResponsePart.end(nil)) }
        } catch {
            cut()
        }
    }

    private func head(
        _ status: HTTPResponseStatus, _ type: String, length: Int?, term: Term?
    ) -> HTTPServerResponsePart {
        var headers: HTTPHeaders = ["Content-Type": type]
        if let length { headers.add(name: "Content-Length", value: "\(length)") }
        if let term { headers.add(name: PeerForm.termField, value: PeerForm.text(term)) }
        return .head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))
    }

    /// A caller that does not take a piece in time is cut off.
    private func inTime(_ write: () -> EventLoopFuture<Void>) async throws {
        let timer = channel.eventLoop.scheduleTask(in: limits.send) { [channel] in channel.close(promise: nil) }
        defer { timer.cancel() }
        try await write().get()
    }
}
