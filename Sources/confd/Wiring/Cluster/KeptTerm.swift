import ClusterLog
import PeerLink
import Posix
import Synchronization
import Values

/// The newest term this node knows of, in a file: it is never forgotten that a term is over.
final class KeptTerm: PeerTerms {
    private static let file = "term.json"

    private let folder: String
    private let state: Mutex<Term?>

    /// - Parameter folder: Of the daemon alone; it has to exist.
    init(in folder: String) {
        self.folder = folder
        let bytes = try? Descriptor.content(of: "\(folder)/\(Self.file)", upTo: 1024)
        let value = bytes.flatMap { try? JSON.parse($0) }
        let term = value?["generation"]?.int.flatMap { generation in
            value?["epoch"]?.int.map { Term(generation: generation, epoch: $0) }
        }
        state = Mutex(term)
    }

    var highest: Term? { state.withLock { $0 } }

    func take(_ term: Term) async throws(PeerFault) {
        do throws(SystemFault) {
            try state.withLock { (known) throws(SystemFault) in
                if let newest = known, newest >= term { return }
                let value: Value = ["generation": .int(term.generation), "epoch": .int(term.epoch)]
                try Descriptor.trusted(folder).replace(Self.file, by: JSON.bytes(value) + [0x0A], mode: 0o600)
                known = term
            }
        } catch {
            throw PeerFault(.refused, "The term cannot be kept: \(error)")
        }
    }
}
