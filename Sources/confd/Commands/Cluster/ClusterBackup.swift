import ArgumentParser
import EXAConf
import JobEngine
import NodeAgent
import PeerLink

struct ClusterBackup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy what this node knows into one file.",
        discussion: """
            Store, EXAConf, certificates, license and what else belongs to them, as a tar archive for this account alone \
            (0600), with digests; the daemon may run. Any node will do, and a node alone as well. Databases and content of \
            volumes and buckets have backups of their own. The file has every secret of EXAConf: keep it as safe.
            """)

    @OptionGroup var options: RootOptions
    @Argument(help: "The archive; one that is there is replaced.")
    var file: String

    func run() async throws {
        try await reporting {
            let installation = Installation(try await DaemonSettings.read(root: options.root))
            let count = try BackupWriting(installation).write(to: file)
            StandardOutput.write("\(count) files are in \(file)\n")
        }
    }
}

struct ClusterRestore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a backup into an empty root.",
        discussion: """
            What was backed up on a node alone is started then. A node of a cluster goes on by 'confd cluster recover', when \
            the others are lost or are to follow it; with --alone it is an installation of one node, in no cluster, also on a \
            machine with another address.
            """)

    @OptionGroup var options: RootOptions
    @Argument(help: "What 'confd cluster backup' wrote.")
    var file: String
    @Flag(help: "Be an installation of one node, with the configuration and the jobs there were.")
    var alone = false

    func run() async throws {
        try await reporting {
            let installation = Installation(try await DaemonSettings.read(root: options.root))
            let member = try BackupReading(installation).restore(from: file)
            guard let member else {
                return StandardOutput.write("The backup is in \(installation.root.directory): start the daemon.\n")
            }
            if alone {
                try Self.leave(installation, as: member.node)
                StandardOutput.write("node \(member.node) is an installation of its own now: start the daemon.\n")
            } else {
                StandardOutput.write(
                    "The backup of node \(member.node) is in \(installation.root.directory). Have the cluster go on from it: "
                        + "confd cluster recover\n")
            }
        }
    }

    /// As a node that has left its cluster: the next start does the rest.
    private static func leave(_ installation: Installation, as node: Int) throws(Failure) {
        let folder = MemberFolder(root: installation.root.directory)
        do {
            let document = try Document(parsing: installation.configurationBytes())
            try folder.write(leaving: NodeLeaving.configuration(document, of: node))
            try folder.clear()
        } catch let fault as MemberFileFault {
            throw Failure(fault)
        } catch let error as JobError {
            throw Failure(error)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure("EXAConf of the backup cannot be read: \(error)", .badData)
        }
    }
}
