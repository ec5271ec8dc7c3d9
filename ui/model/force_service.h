// Forcing: turns "another token here" into worker calls (`continue`, `tokenize`, `alternatives`)
// and new branches. One action at a time. Owner: MainWindow. Thread: GUI. Faults end as notices of
// the Session. Methods are virtual so that views are tested against a scripted service.
#pragma once

#include "core/base/ids.h"
#include "core/base/json.h"
#include "core/base/result.h"
#include "core/spec/sampling.h"
#include "core/store/records.h"

#include <QObject>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace crux::ui {

struct TrajectorySnapshot;

class Session;
struct ProjectFacts;

/// The model that continues a trajectory: its own, else the score set's, else any with its
/// tokenizer; nullptr: none of the project's.
const store::ModelRecord* modelFor(const ProjectFacts& facts, const store::TrajectoryRecord& record,
                                   ScoreSetId scoreSet);
/// Why no model of the project can go on from the shown tokens (or tokenise the text, where there
/// are none yet); "" where one can.
QString tokensReason(const ProjectFacts& facts, const TrajectorySnapshot& shown,
                     ScoreSetId scoreSet);

/// Ids of typed text and their pieces as readable text ("␣" not yet substituted).
struct TokenisedText {
    std::vector<std::int32_t> ids;
    QStringList pieces;
    std::vector<std::int32_t> unknown; ///< indices of tokens that stand for what no token spells
};

/// One row of the alternatives table, from the store or from the worker.
struct AlternativeRow {
    std::int32_t id = -1;
    QString text; ///< readable text, blanks not yet substituted
    float p = -1, pPositive = -1, pNegative = -1, s = -1; ///< -1 unknown
    std::int32_t rank = -1;                               ///< 1-based under the policy, -1 unknown
};

class ForceService : public QObject {
    Q_OBJECT
public:
    explicit ForceService(Session& session, QObject* parent = nullptr);
    ~ForceService() override;

    /// Replaces the token at `position` (absolute) of the current trajectory by `ids`;
    /// `continueAfter` writes on from there, else the branch ends with the forced tokens.
    virtual void forceTokens(int position, const std::vector<std::int32_t>& ids, bool continueAfter,
                             const SamplingParams& sampling);
    /// As above with typed text; the worker's tokenizer decides the ids.
    virtual void forceText(int position, const QString& text, bool continueAfter,
                           const SamplingParams& sampling);
    /// Bans the ids at `position` and samples `sampling.samples` replacements.
    virtual void banTokens(int position, const std::vector<std::int32_t>& ids,
                           const SamplingParams& sampling);
    /// Stops the running action; what was written so far stays as a branch.
    virtual void stop();

    virtual bool running() const;
    /// Branches the running action writes at once; 0: none runs.
    int samples() const;
    /// Shows this one of them in the live pane; a path that is not being written is ignored.
    void follow(TrajectoryId path);
    /// Tokens written so far by the running action, all samples together, and their rate.
    int tokensWritten() const;
    double tokensPerSecond() const;
    /// "Branch 4 is being written. Stop it, ..." or "" when forcing is possible now.
    virtual QString unavailableReason() const;

    /// Ids and pieces of typed text, for the preview. `done` runs unless `context` is gone.
    virtual void tokenise(const QString& text, QObject* context,
                          std::function<void(Result<TokenisedText>)> done);
    /// The `topK` most likely tokens at `position` of the current trajectory, asked of the worker.
    virtual void alternatives(int position, int topK, QObject* context,
                              std::function<void(Result<std::vector<AlternativeRow>>)> done);
    /// Likewise of what follows the first `position` tokens of a trajectory and then `append`.
    virtual void nextTokens(TrajectoryId trajectory, int position,
                            const std::vector<std::int32_t>& append, int topK, QObject* context,
                            std::function<void(Result<std::vector<AlternativeRow>>)> done);

Q_SIGNALS:
    /// The worker did not find this model's folder, or this adapter's (the other id is none).
    void modelMissing(crux::ModelId model, crux::AdapterId adapter);
    void finished(crux::BranchId branch); ///< the first branch of an action that ended well
    void changed();                       ///< running() or unavailableReason() may have changed

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace crux::ui
