import Gateway
import JobEngine
import NIOCore
import Values

/// The two ways a stream of events is written.
enum EventForm: Hashable {
    /// `text/event-stream`, as browsers read it (WHATWG HTML, server-sent events).
    case eventStream
    /// `application/x-ndjson`: one JSON document a line.
    case lines

    var media: ContentType {
        switch self {
        case .eventStream: .eventStream
        case .lines: .ndjson
        }
    }

    /// What a stream begins with.
    var opening: ByteBuffer {
        switch self {
        case .eventStream: ByteBuffer(string: "retry: 2000\n\n")
        // Readers of lines skip empty ones; the answer's header leaves the server with the first byte behind it.
        case .lines: keepAlive
        }
    }

    /// What shows both ends that the connection still stands.
    var keepAlive: ByteBuffer {
        switch self {
        case .eventStream: ByteBuffer(string: ": keep-alive\n\n")
        case .lines: ByteBuffer(string: "\n")
        }
    }

    /// Writes an event.
    ///
    /// - Parameter reader: Who may not know of jobs of others; `nil` for one who may know everything.
    func write(_ event: Event, epoch: Int, for reader: String?, into buffer: inout ByteBuffer) {
        let id = EventID(epoch: epoch, number: event.number)
        write(event.type, event.value(for: reader).map ?? [:], id: id, into: &buffer)
    }

    /// Writes something of the stream itself: `reset`, `end` or `problem`.
    ///
    /// - Parameter id: Where a reader that begins anew has to go on; `nil` leaves that as it was.
    func write(_ name: String, _ members: [String: Value], id: EventID?, into buffer: inout ByteBuffer) {
        var members = members
        switch self {
        case .eventStream:
            if let id { buffer.writeString("id: \(id)\n") }
            buffer.writeString("event: \(name)\ndata: ")
            buffer.append(json: .map(members))
            buffer.writeString("\n\n")
        case .lines:
            // An event is named by its type already.
            if members["type"] != .string(name) { members["event"] = .string(name) }
            members["id"] = id.map { .string($0.description) }
            buffer.append(json: .map(members))
            buffer.writeString("\n")
        }
    }
}
