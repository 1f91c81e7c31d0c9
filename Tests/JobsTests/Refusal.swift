import EXAConf
import JobEngine
import Support
import Testing
import Values

/// The error of a job that must not succeed; records an issue when it does.
func refusal(
    of definition: JobDefinition, _ parameters: [String: Value] = [:], on document: Document = FixtureCluster.document,
    cluster: ClusterStatus = FixtureCluster.status, sourceLocation: SourceLocation = #_sourceLocation
) -> JobError? {
    do throws(JobError) {
        _ = try JobTrial(definition, parameters, on: document, cluster: cluster)
        Issue.record("\(definition.name) was not refused", sourceLocation: sourceLocation)
        return nil
    } catch {
        return error
    }
}
