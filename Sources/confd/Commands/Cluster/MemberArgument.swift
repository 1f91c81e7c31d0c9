import ArgumentParser
import JobEngine

/// A member on a command line: the number of a node, or `witness`.
struct MemberArgument: ExpressibleByArgument {
    let number: Int

    init?(argument: String) {
        if argument == ClusterStatus.Witness.name {
            number = ClusterStatus.Witness.number
        } else if let node = Int(argument), node > 0 {
            number = node
        } else {
            return nil
        }
    }
}
