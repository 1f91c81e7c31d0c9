import EXAConf
import NodeAgent

/// Ports that two want, or that somebody else has.
struct PortCheck {
    private let settings: DaemonSettings
    private let installation: Installation
    private let document: Document

    init(_ settings: DaemonSettings, installation: Installation, document: Document) {
        self.settings = settings
        self.installation = installation
        self.document = document
    }

    /// Who wants a port of this node, and the job that gives it another one.
    private struct Wish {
        let port: Int
        let name: String
        let job: String
    }

    /// One sentence each, with the cure.
    var notes: [String] {
        twice + foreign
    }

    private var wishes: [Wish] {
        let own = Wish(
            port: settings[\.port] ?? document.global.xmlRPCPort, name: "the daemon", job: "the setting 'http.port'")
        let services = document.bucketFSServices.flatMap { service in
            [service.httpPort, service.httpsPort].map {
                Wish(port: $0, name: "file service \(service.name)", job: "confd_client bucketfs_modify")
            }
        }
        let databases = document.databases.map {
            Wish(port: $0.port, name: "database \($0.name)", job: "confd_client db_configure")
        }
        return ([own] + services + databases).filter { $0.port > 0 }
    }

    private var twice: [String] {
        Dictionary(grouping: wishes, by: \.port).sorted { $0.key < $1.key }.compactMap { port, wishes in
            guard wishes.count > 1, let last = wishes.last else { return nil }
            let names = wishes.map(\.name).joined(separator: " and ")
            return
                "Port \(port) is wanted by \(names), and one alone can have it: give one of them another, with \(last.job)."
        }
    }

    /// The port of the daemon itself is a problem and not a note.
    private var foreign: [String] {
        let daemon = ((try? InstallationLock.holder(of: installation)) ?? nil)?.process
        return wishes.dropFirst().compactMap { wish in
            guard let process = PortHolder.process(on: wish.port), process != daemon.map(Int.init),
                !installation.root.isDatabase(process)
            else { return nil }
            return
                "Port \(wish.port) of \(wish.name) is taken by \(PortHolder.of(wish.port) ?? "another program"): end that, or "
                + "choose another port with \(wish.job)."
        }
    }
}
