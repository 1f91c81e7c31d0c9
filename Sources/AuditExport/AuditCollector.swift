import Synchronization
import Waiting

/// Takes messages to whoever collects them.
package protocol AuditCollector: Sendable {
    /// Messages that are handed over at once, at most.
    var batch: Int { get }

    /// Returns when all messages are with the collector, as far as that can be known. Without any it looks whether it is there.
    ///
    /// - Throws: ``CollectorFault``; some of the messages may have arrived then.
    func deliver(_ messages: [AuditMessage]) async throws(CollectorFault)
}

/// Why messages could not be handed over.
package struct CollectorFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was found, without a full stop.
    package let description: String

    /// A fault of these words.
    package init(_ description: String) {
        self.description = description
    }
}

/// A collector behind a socket, on a thread of its own, so that one that hangs holds up nobody.
package final class SocketCollector: AuditCollector {
    private let destination: AuditDestination
    private let sender: MessageSender
    private let threads = ThreadPool(name: "audit-export", threads: 1, queueLimit: 1)
    /// Kept while it works.
    private let socket = Mutex<CollectorSocket?>(nil)

    // A receiver's buffer of the usual size takes so many datagrams at once.
    package var batch: Int { destination.isStream ? 256 : 32 }

    /// Nothing is opened yet.
    package init(_ destination: AuditDestination, sender: MessageSender) {
        self.destination = destination
        self.sender = sender
    }

    package func deliver(_ messages: [AuditMessage]) async throws(CollectorFault) {
        let done: Result<Void, CollectorFault>
        do throws(ThreadPool.Refusal) {
            done = try await threads.run { self.send(messages) }
        } catch {
            throw CollectorFault("no thread is free for it: \(error)")
        }
        try done.get()
    }

    private func send(_ messages: [AuditMessage]) -> Result<Void, CollectorFault> {
        let known = socket.withLock { $0.take() }
        do throws(CollectorFault) {
            let open: CollectorSocket
            // A connection that was closed meanwhile, by a collector that was started anew, is opened again at once.
            if let known, (try? known.look()) != nil { open = known } else { open = try CollectorSocket(destination) }
            for message in messages {
                if try !open.send(bytes(of: message)) { _ = try open.send(bytes(of: message.shortened)) }
            }
            if !messages.isEmpty { try open.settle() }
            socket.withLock { $0 = open }
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    private func bytes(of message: AuditMessage) -> [UInt8] {
        switch destination {
        case .udp, .unix: return message.syslog(from: sender)
        case .journal: return message.journal()
        case .tcp:
            // RFC 6587, 3.4.1: counted, so that no text ends a message early.
            let frame = message.syslog(from: sender)
            return Array("\(frame.count) ".utf8) + frame
        }
    }
}
