// Export of the current heat map (SVG, PDF, PNG, HTML, LaTeX) as shown, or of many trajectories
// (JSONL, CSV, heat maps ...).
#pragma once

#include "ui/dialogs/form_dialog.h"
#include "ui/widgets/heat_map_export.h"

#include <vector>

class QCheckBox;
class QComboBox;

namespace crux::ui {

class CheckList;
class Session;

/// Stays open while it writes; closes when the file is whole, unless something was left out: then
/// it says what. Owner: its opener. GUI thread; heat maps are drawn on a thread of their own, rows
/// on the reader thread.
class ExportDialog : public FormDialog {
    Q_OBJECT
public:
    /// `panes`: the heat maps as the window draws them, upper pane first; empty: the session's
    /// current trajectory by its view settings.
    explicit ExportDialog(Session& session, std::vector<HeatDataPtr> panes = {},
                          QWidget* parent = nullptr);
    /// Offers the pictures "as shown": with the window's lines, folds and text size.
    void setShown(std::vector<TokenLayout> layouts, double zoom);
    void setKind(const QString& kind); ///< "svg", "pdf", "png", "html", "latex", "jsonl", ...
    void setTarget(const QString& file);
    void setFilter(const QString& expression);
    void setColours(const QString& choice); ///< "shown" | "light" | "dark" | "print"

Q_SIGNALS:
    void written(const QString& file);

public Q_SLOTS:
    void accept() override;

protected:
    void showEvent(QShowEvent* event) override;

private:
    bool heatMap() const;
    bool drawn() const; ///< a picture, not a page of text
    QString kind() const;
    void buildHeatMapFields();
    void buildRowFields();
    void fillKinds();
    void kindChosen();
    void check();
    void updatePreview();
    std::vector<HeatDataPtr> chosenPanes() const;
    HeatExportOptions options() const;
    bool asShown() const;
    void exportHeatMap();
    void exportRows();
    void finished(const QString& fault);
    void tellLeftOut(std::int64_t rows, const std::vector<std::string>& notes);
    void changed();

    Session& m_session;
    std::vector<HeatDataPtr> m_panes;
    std::vector<TokenLayout> m_shown; ///< of the panes; empty: not known
    double m_shownZoom = 1;
    QComboBox *m_kind, *m_colours = nullptr, *m_width = nullptr;
    QCheckBox *m_both = nullptr, *m_prompt = nullptr;
    QLabel* m_preview = nullptr;
    PathField* m_target;
    QLineEdit* m_filter = nullptr;
    QCheckBox *m_perToken = nullptr, *m_branches = nullptr;
    CheckList* m_facts;
    QString m_fault;
    bool m_busy = false;
    bool m_written = false; ///< and only its outcome is still shown
};

} // namespace crux::ui
