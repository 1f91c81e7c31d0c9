import Gateway
import JobEngine
import Values

/// Which members of each job a list shows.
struct JobFields {
    /// Empty for all.
    private let names: Set<String>

    init(_ query: Query) {
        names = Set(query.all("fields").flatMap(QueryParameter.Form.words))
    }

    func trimming(_ job: Value) -> Value {
        guard !names.isEmpty, let members = job.map else { return job }
        return .map(members.filter { names.contains($0.key) })
    }
}
