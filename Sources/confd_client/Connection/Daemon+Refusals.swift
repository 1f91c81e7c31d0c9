import NIOHTTP1
import Values

extension Daemon {
    /// What a refusal means for whoever runs the client.
    func failure(_ reply: Reply) async -> Failure {
        if reply.status == 401, reply.value["code"]?.string != "login-continues" {
            return credentials.refusal(at: name)
        }
        guard let code = reply.value["code"]?.string else {
            return Failure("\(name) answered \(reply.status) without saying why.", .unavailable)
        }
        var message = reply.value["detail"]?.string ?? code
        for fault in reply.value["errors"]?.list ?? [] {
            if let detail = fault["detail"]?.string, !message.contains(detail) { message += "\n  \(detail)" }
        }
        return Failure(message, await meaning(of: code))
    }

    /// The exit code the daemon has for an error.
    func meaning(of code: String) async -> Failure.Code {
        guard let reply = try? await reply(.GET, "/problems", isOpen: true), let items = reply.value["items"]?.list
        else { return .failed }
        let item = items.first { $0["code"]?.string == code }
        return .told(item?["exit_code"]?.int ?? 1)
    }
}
