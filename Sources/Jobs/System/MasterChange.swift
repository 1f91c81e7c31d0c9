import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `master_change`: lets another node decide; nothing changes when the one that does is among the candidates alone.
    package static let masterChange = JobDefinition(
        name: "master_change", noun: "system", summary: "Choose a new master among nodes.", mode: .read,
        permission: .nodes, result: "Id of the node that decides.",
        work: .answer { (context) throws(JobError) in
            let ids = try context.givenNodes(in: context.document, parameter: "nids")
            if let master = context.cluster.master?.node, ids == [master] { return .int(master) }
            let others = ids.filter { $0 != context.cluster.ownNode }
            let names = others.map { String($0) }.joined(separator: ", ")
            throw JobError(
                .unsupported,
                "Node \(names) cannot become the master: this daemon decides alone and has no connection by which it "
                    + "could hand over.", details: ["nodes": .ints(others)])
        }
    ).with {
        $0.answer = .int
        $0.mandatory = [
            Parameter("nids", .list, text: "Candidates, by node id.", shape: .someNodes, example: [11, 12])
        ]
        $0.example = ["nids": [11, 12, 13]]
    }
}
