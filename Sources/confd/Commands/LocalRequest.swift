import Glibc
import JobEngine
import Values

/// A request to the daemon of this machine over its local socket, where it knows the caller by the account.
struct LocalRequest {
    let socket: String

    /// The status of an answer, and what its body says.
    struct Answer {
        let status: Int
        let body: Value
    }

    /// Longer than the daemon lets a request wait.
    private static let patience = timeval(tv_sec: 90, tv_usec: 0)

    /// Posts a body of JSON.
    ///
    /// - Throws: ``Failure`` when the daemon cannot be reached or its answer is none.
    func post(_ path: String, _ body: Value) throws(Failure) -> Answer {
        let content = JSON.bytes(body)
        return try read(
            answer(
                to: "POST \(path)", ["Content-Type: application/json", "Content-Length: \(content.count)"], content))
    }

    /// What is under a path, as JSON.
    ///
    /// - Throws: ``Failure`` when the daemon cannot be reached or its answer is none.
    func get(_ path: String) throws(Failure) -> Answer {
        try read(answer(to: "GET \(path)", ["Accept: application/json"]))
    }

    /// Has what is under a path removed.
    ///
    /// - Throws: ``Failure`` when the daemon cannot be reached or its answer is none.
    func delete(_ path: String) throws(Failure) -> Answer { try read(answer(to: "DELETE \(path)")) }

    private func read(_ answer: (status: Int, body: ArraySlice<UInt8>)) throws(Failure) -> Answer {
        // Redirects, and what was removed, have none.
        if answer.body.isEmpty { return Answer(status: answer.status, body: .null) }
        guard let body = try? JSON.parse(answer.body) else { throw unreadable }
        return Answer(status: answer.status, body: body)
    }

    /// The text of a page, whatever its status.
    ///
    /// - Throws: ``Failure`` when the daemon cannot be reached or its answer is none.
    func text(_ path: String) throws(Failure) -> String {
        String(decoding: try answer(to: "GET \(path)").body, as: UTF8.self)
    }

    private var unreadable: Failure {
        Failure("The daemon behind \(socket) gave no answer that can be read.", .unavailable)
    }

    private func answer(
        to request: String, _ fields: [String] = [], _ content: [UInt8] = []
    ) throws(Failure) -> (status: Int, body: ArraySlice<UInt8>) {
        let lines = ["\(request) HTTP/1.1", "Host: localhost"] + fields + ["Connection: close", "", ""]
        let descriptor = try connected()
        defer { close(descriptor) }
        let answer = exchange(Array(lines.joined(separator: "\r\n").utf8) + content, over: descriptor)
        guard let blank = answer.firstRange(of: Array("\r\n\r\n".utf8)),
            let status = Int(String(decoding: answer.dropFirst(9).prefix(3), as: UTF8.self))
        else { throw unreadable }
        return (status, answer[blank.upperBound...])
    }

    private func connected() throws(Failure) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array(socket.utf8)
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw Failure("\(socket) is too long for a socket.", .unavailable)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var patience = Self.patience
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard descriptor >= 0, result == 0 else {
            let cause = String(cString: strerror(errno))
            close(descriptor)
            throw Failure("The daemon runs, but \(socket) cannot be reached: \(cause).", .unavailable)
        }
        return descriptor
    }

    private func exchange(_ request: [UInt8], over descriptor: Int32) -> [UInt8] {
        var rest = request[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return [] }
            rest = rest.dropFirst(sent)
        }
        var answer: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while answer.count < 16 << 20 {
            let count = recv(descriptor, &piece, piece.count, 0)
            guard count > 0 else { break }
            answer += piece.prefix(count)
        }
        return answer
    }
}
