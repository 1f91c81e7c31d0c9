import ArgumentParser
import HTTPServer
import Values

struct ClusterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster", abstract: "Have nodes come to the cluster and leave it.",
        discussion: "For root of this machine; most ask the daemon over its local socket.",
        subcommands: [
            ClusterInvite.self, ClusterJoin.self, ShowCluster.self, ClusterLeave.self, ClusterRemove.self,
            ClusterVote.self, ClusterLevel.self, ClusterCheck.self, ClusterRecover.self, ClusterBackup.self,
            ClusterRestore.self,
        ])
}

/// The daemon that runs on an installation, asked over its local socket.
struct RunningDaemon {
    private let request: LocalRequest

    /// - Throws: ``Failure`` when none runs, or it has no socket.
    init(_ settings: DaemonSettings) throws(Failure) {
        guard try InstallationLock.holder(of: Installation(settings)) != nil else {
            throw Failure("No daemon runs on \(settings.root): start it first (systemctl start confd).", .unavailable)
        }
        guard let socket = try settings.localSocket() else {
            throw Failure(
                "The daemon runs and has no local socket ('http.socket'), over which this is asked.", .unavailable)
        }
        request = LocalRequest(socket: socket.path)
    }

    func post(_ path: String, _ body: Value) throws(Failure) -> Value { try Self.checked(request.post(path, body)) }

    func get(_ path: String) throws(Failure) -> Value { try Self.checked(request.get(path)) }

    func delete(_ path: String) throws(Failure) -> Value { try Self.checked(request.delete(path)) }

    /// The body of an answer that all went well.
    private static func checked(_ answer: LocalRequest.Answer) throws(Failure) -> Value {
        let cause = answer.body["detail"]?.string ?? answer.body["title"]?.string ?? "the daemon gave no reason"
        switch answer.status {
        case 200..<300: return answer.body
        case 301, 302, 303, 307, 308:
            throw Failure("Another node decides: run this there ('confd cluster status' names it).", .unavailable)
        case 401, 403: throw Failure("The daemon lets only root of this machine do this.", .notAllowed)
        case 502...504: throw Failure(cause, .notYet)
        default: throw Failure(cause, .failure)
        }
    }
}
