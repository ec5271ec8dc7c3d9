// A combo of registered models and adapters that also takes a folder.
#pragma once

#include "ui/model/model_folder.h"
#include "ui/model/session.h"

#include <QWidget>

#include <optional>

class QComboBox;

namespace crux::ui {

/// Owner: its form. GUI thread. Typed folders are looked at in the background; changed() follows.
class ModelChoice : public QWidget {
    Q_OBJECT
public:
    enum class Offer { Models, Adapters, Both };
    ModelChoice(Offer offer, const QString& title, QWidget* parent);

    /// Fills the list; keeps the choice where it still exists. `base`: only its adapters (none:
    /// all).
    void setFacts(const ProjectFacts& facts, ModelId base = {});
    /// Chooses a registered adapter of this role, if there is one and nothing is chosen yet.
    void chooseRole(const std::string& role);
    void setText(const QString& text);
    /// Chooses a registered one.
    void choose(ModelId model, AdapterId adapter = {});

    /// What a job's parameter takes: the id of a registered one, or a folder; empty: nothing.
    std::string value() const;
    QString text() const;
    ModelId model() const;     ///< registered model, none otherwise
    AdapterId adapter() const; ///< registered adapter
    const std::optional<ModelFolder>& folder() const { return m_folder; }
    /// Tokens that the chosen model takes; 0: its config.json does not say, or nothing is chosen.
    std::int32_t contextLength() const;
    /// Fault of a typed folder, "" when there is none.
    QString fault() const { return m_fault; }
    bool looking() const { return m_looking; }

Q_SIGNALS:
    void changed();

private:
    void edited();
    int itemIndex() const;

    Offer m_offer;
    QComboBox* m_combo;
    std::optional<ModelFolder> m_folder;
    QString m_fault;
    bool m_looking = false;
    int m_generation = 0;
};

} // namespace crux::ui
