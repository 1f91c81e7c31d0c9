import Application
import JobEngine
import PeerLink
import Replication
import Values

/// The levels of the log as an administrator of this node sees and raises them.
extension ClusterLife.Parts {
    /// The level in force, and what members know.
    ///
    /// - Throws: `JobError`.
    func levels(at now: Timestamp) async throws(JobError) -> ClusterLevels {
        let survey: LevelSurvey
        do throws(StoreError) { survey = try await channel.levels.survey() } catch { throw JobError(error) }
        let lacking = survey.next.map { survey.lacking($0) } ?? [:]
        let present = log.member.board.view.present
        let isKnown = survey.next != nil && lacking.isEmpty
        return ClusterLevels(
            level: survey.inForce, next: survey.next,
            raisedAt: isKnown ? channel.levels.remaining.map { now.advanced(by: $0) } : nil,
            members: survey.members.keys.sorted().map { node in
                ClusterLevels.Member(
                    node: node, version: present[node]?.version ?? "", levels: present[node]?.levels,
                    lack: lacking[node]?.words)
            })
    }

    /// Puts a level in force.
    ///
    /// - Returns: What was done, a sentence.
    /// - Throws: `JobError`.
    func raiseLevel(to level: Int) async throws(JobError) -> [String] {
        do throws(LevelRefusal) {
            let isNew = try await channel.levels.raise(to: level)
            return [isNew ? "level \(level) is in force" : "level \(level) is in force already"]
        } catch {
            throw JobError(error)
        }
    }
}
