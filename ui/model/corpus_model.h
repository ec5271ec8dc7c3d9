// The corpus view's numbers: counted on a thread of its own with its own connection, so that a
// large project delays neither the heat map nor the table. Owner: the Corpus dock. Thread: GUI.
#pragma once

#include "core/store/corpus.h"
#include "ui/model/store_thread.h"

#include <QObject>
#include <QString>
#include <QTimer>

namespace crux::ui {

class Session;

/// What the dock's choices say; kept per project.
struct CorpusChoice {
    store::CorpusTokens tokens = store::CorpusTokens::Candidates;
    QString method;  ///< of searches; empty: all
    QString dataset; ///< empty: all
    QString model;   ///< source model; empty: all
    store::Truth truth = store::Truth::Rollouts;
    bool followFilter = true; ///< only what the Trajectories dock shows
    QString toJson() const;
    static CorpusChoice fromJson(const QString& text);
    bool operator==(const CorpusChoice&) const = default;
};

class CorpusModel : public QObject {
    Q_OBJECT
public:
    explicit CorpusModel(Session& session, QObject* parent = nullptr);
    ~CorpusModel() override;

    const CorpusChoice& choice() const { return m_choice; }
    void setChoice(const CorpusChoice& choice);
    void setFilter(const QString& expression); ///< of the Trajectories dock
    /// Counts only while shown: a hidden dock costs nothing.
    void setShown(bool shown);
    void cancel();

    bool counting() const { return m_counting; }
    bool cancelled() const { return m_cancelled; }
    const store::CorpusSummary& summary() const { return m_summary; }
    const store::AgreementReport& agreement() const { return m_agreement; }
    const QStringList& datasets() const { return m_datasets; }
    const QStringList& models() const { return m_models; }
    const QStringList& methods() const { return m_methods; }
    QString fault() const { return m_fault; } ///< why nothing could be counted, "" if it could
    QString inUse() const { return m_inUse; } ///< the filter that the numbers are about
    int window() const { return kWindow; }
    double milliseconds() const { return m_milliseconds; } ///< the last count took

Q_SIGNALS:
    void changed(); ///< numbers, faults or choices
    void countingChanged();

private:
    struct Counted {
        store::CorpusSummary summary;
        store::AgreementReport agreement;
        QStringList datasets, models, methods;
        double milliseconds = 0;
    };
    static constexpr int kWindow = 2;

    void reload();
    void closeProject();
    void take(quint64 token, Result<Counted> counted);
    static Result<Counted> count(const store::Project& project, const store::CorpusQuery& query,
                                 const CorpusChoice& choice, const CancelToken& cancel);

    Session& m_session;
    CorpusChoice m_choice;
    QString m_filter, m_inUse, m_fault;
    QStringList m_datasets, m_models, m_methods;
    store::CorpusSummary m_summary;
    store::AgreementReport m_agreement;
    double m_milliseconds = 0;
    bool m_shown = false, m_stale = true, m_counting = false, m_cancelled = false, m_opened = false;
    quint64 m_token = 0;
    CancelToken m_cancel;
    QTimer m_later;
    StoreThread m_thread; ///< last: joined first
};

} // namespace crux::ui
