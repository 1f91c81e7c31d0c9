import AsyncHTTPClient
import NIOCore
import NIOHTTP1
package import Posix
package import Values
import Waiting

// Answers that go on for long.
extension PeerClient {
    /// Nothing is asked before the first line is read, and none is read ahead but those that come with it.
    package func lines(
        _ route: String, _ body: Value, of peer: PeerAddress, silence: Duration
    ) -> AsyncThrowingStream<Value, any Error> {
        let reader = PeerLines(silence: silence) { () throws(PeerFault) in
            try await self.stream(route, body, of: peer, within: silence).stream
        }
        return AsyncThrowingStream { try await reader.next() }
    }

    package func fetch(
        _ route: String, _ body: Value, of peer: PeerAddress, into file: Descriptor, limit: Int
    ) async throws(PeerFault) {
        let (stream, length) = try await stream(route, body, of: peer, within: Self.silence)
        let tooLarge = PeerFault(.malformed, "The file of node \(peer.node) has more than \(limit) bytes.")
        if let length, length > limit { throw tooLarge }
        var place = 0
        while let bytes = try await stream.next(within: Self.silence) {
            let (start, part) = (place, Array(bytes.readableBytesView))
            place += part.count
            guard place <= limit else { throw tooLarge }
            let written: Result<Void, SystemFault>
            do throws(ThreadPool.Refusal) {
                written = try await files.run {
                    Result { () throws(SystemFault) in try file.write(part[...], at: start) }
                }
            } catch {
                throw PeerFault(.refused, "The file was not written: too many are.")
            }
            do throws(SystemFault) {
                try written.get()
            } catch {
                throw PeerFault(.refused, "The file could not be written: \(error).")
            }
        }
        guard length == nil || length == place else {
            throw PeerFault(.unreachable, "The file of node \(peer.node) broke off.")
        }
    }

    /// Asks, and returns when the answer has begun; its length is known for files.
    private func stream(
        _ route: String, _ body: Value, of peer: PeerAddress, within silence: Duration
    ) async throws(PeerFault) -> (stream: PeerStream, length: Int?) {
        let question = SentQuestion(JSON.bytes(body))
        do throws(Interruption<PeerFault>) {
            return try await withDeadline({ try? await Task.sleep(for: silence) }) { () throws(PeerFault) in
                let use = try await self.use(of: peer)
                let response = try await self.send(question, to: route, of: peer, by: use.pool.streams)
                let length = response.headers.first(name: "Content-Length").flatMap { Int($0) }
                return (PeerStream(response.body, of: peer, by: use), length)
            }
        } catch {
            switch error {
            case .failed(let fault): throw fault
            case .deadline:
                throw PeerFault(
                    .unreachable, "Node \(peer.node) (\(peer.place)) did not answer in \(silence).",
                    wasSent: question.wasSent)
            case .cancelled:
                throw PeerFault(.unreachable, "Asking node \(peer.node) was cancelled.", wasSent: question.wasSent)
            }
        }
    }
}
