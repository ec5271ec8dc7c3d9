<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US" sourcelanguage="en">
<context>
    <name>crux::ui::AgreementModel</name>
    <message numerus="yes">
        <source>%n trajectory(s)</source>
        <translation>
            <numerusform>%n trajectory</numerusform>
            <numerusform>%n trajectories</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::BatchInspector</name>
    <message numerus="yes">
        <source>%n pair(s)</source>
        <translation>
            <numerusform>%n pair</numerusform>
            <numerusform>%n pairs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>%n row</numerusform>
            <numerusform>%n rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n token</numerusform>
            <numerusform>%n tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::CloseDialog</name>
    <message numerus="yes">
        <source>%n more job(s) wait in the queue until a window or crux-cli runs them.</source>
        <translation>
            <numerusform>%n more job waits in the queue until a window or crux-cli runs it.</numerusform>
            <numerusform>%n more jobs wait in the queue until a window or crux-cli runs them.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::CommandPalette</name>
    <message numerus="yes">
        <source>%1 of %n action(s)</source>
        <translation>
            <numerusform>%1 of %n action</numerusform>
            <numerusform>%1 of %n actions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n found</source>
        <translation>
            <numerusform>%n found</numerusform>
            <numerusform>%n found</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::ConfigDock</name>
    <message numerus="yes">
        <source>%n parameter(s) differ</source>
        <translation>
            <numerusform>%n parameter differs</numerusform>
            <numerusform>%n parameters differ</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::CorpusBarsModel</name>
    <message numerus="yes">
        <source>%1: %n token(s)</source>
        <translation>
            <numerusform>%1: %n token</numerusform>
            <numerusform>%1: %n tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::CorpusDock</name>
    <message numerus="yes">
        <source>%n wrong trajectory(s)</source>
        <translation>
            <numerusform>%n wrong trajectory</numerusform>
            <numerusform>%n wrong trajectories</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n candidate(s)</source>
        <translation>
            <numerusform>%n candidate</numerusform>
            <numerusform>%n candidates</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n critical token(s)</source>
        <translation>
            <numerusform>%n critical token</numerusform>
            <numerusform>%n critical tokens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n confirmed critical token(s)</source>
        <translation>
            <numerusform>%n confirmed critical token</numerusform>
            <numerusform>%n confirmed critical tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::ExportDialog</name>
    <message numerus="yes">
        <source>%n rows written to %1</source>
        <translation>
            <numerusform>%n row written to %1</numerusform>
            <numerusform>%n rows written to %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::ForceBar</name>
    <message numerus="yes">
        <source>%n token(s): %1</source>
        <translation>
            <numerusform>%n token: %1</numerusform>
            <numerusform>%n tokens: %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::JobPill</name>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n running</numerusform>
            <numerusform>%n running</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n queued</source>
        <translation>
            <numerusform>%n queued</numerusform>
            <numerusform>%n queued</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n failed</numerusform>
            <numerusform>%n failed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::MainWindow</name>
    <message numerus="yes">
        <source>Branch: %n token(s) written. Esc stops and keeps it.</source>
        <translation>
            <numerusform>Branch: %n token written. Esc stops and keeps it.</numerusform>
            <numerusform>Branch: %n tokens written. Esc stops and keeps it.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 branches: %n token(s) written. Esc stops and keeps them.</source>
        <translation>
            <numerusform>%1 branches: %n token written. Esc stops and keeps them.</numerusform>
            <numerusform>%1 branches: %n tokens written. Esc stops and keeps them.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>All %n drawn token(s) came again.</source>
        <translation>
            <numerusform>The %n drawn token came again.</numerusform>
            <numerusform>All %n drawn tokens came again.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::NotesDock</name>
    <message numerus="yes">
        <source>%n note(s), labels and marks are in the project.</source>
        <translation>
            <numerusform>%n note, label or mark is in the project.</numerusform>
            <numerusform>%n notes, labels and marks are in the project.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::QuestionHeader</name>
    <message numerus="yes">
        <source>candidate at %1, critical token at %2: %n apart</source>
        <translation>
            <numerusform>candidate at %1, critical token at %2: %n apart</numerusform>
            <numerusform>candidate at %1, critical token at %2: %n apart</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::RolloutAnswersModel</name>
    <message numerus="yes">
        <source>%n token(s), no vocabulary stored</source>
        <translation>
            <numerusform>%n token, no vocabulary stored</numerusform>
            <numerusform>%n tokens, no vocabulary stored</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::RolloutsDock</name>
    <message numerus="yes">
        <source>%n position(s)</source>
        <translation>
            <numerusform>%n position</numerusform>
            <numerusform>%n positions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>without it, mean of %n</source>
        <translation>
            <numerusform>without it, mean of %n</numerusform>
            <numerusform>without it, mean of %n</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::ScoreRibbon</name>
    <message numerus="yes">
        <source>%1–%2: %n token(s)</source>
        <translation>
            <numerusform>%1–%2: %n token</numerusform>
            <numerusform>%1–%2: %n tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::SearchDialog</name>
    <message numerus="yes">
        <source>%n trajectories chosen; what is searched or drawn already is kept</source>
        <translation>
            <numerusform>%n trajectory chosen; what is searched or drawn already is kept</numerusform>
            <numerusform>%n trajectories chosen; what is searched or drawn already is kept</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Search %n trajectories</source>
        <translation>
            <numerusform>Search %n trajectory</numerusform>
            <numerusform>Search %n trajectories</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::SearchService</name>
    <message numerus="yes">
        <source>Rollouts at %n position(s)</source>
        <translation>
            <numerusform>Rollouts at %n position</numerusform>
            <numerusform>Rollouts at %n positions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drawing rollouts at %n position(s). Esc stops.</source>
        <translation>
            <numerusform>Drawing rollouts at %n position. Esc stops.</numerusform>
            <numerusform>Drawing rollouts at %n positions. Esc stops.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n rollouts after a forced token</source>
        <translation>
            <numerusform>%n rollout after a forced token</numerusform>
            <numerusform>%n rollouts after a forced token</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Drawing %n rollouts after the forced token.</source>
        <translation>
            <numerusform>Drawing %n rollout after the forced token.</numerusform>
            <numerusform>Drawing %n rollouts after the forced token.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::SystemCheck</name>
    <message numerus="yes">
        <source>Qt %1, %n screen(s)</source>
        <translation>
            <numerusform>Qt %1, one screen</numerusform>
            <numerusform>Qt %1, %n screens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n core(s)</source>
        <translation>
            <numerusform>one core</numerusform>
            <numerusform>%n cores</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::TokenCard</name>
    <message numerus="yes">
        <source>%n branch(es)</source>
        <translation>
            <numerusform>%n branch</numerusform>
            <numerusform>%n branches</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::TrainDialog</name>
    <message numerus="yes">
        <source>%n jobs, each begins when what it needs is done: %1</source>
        <translation>
            <numerusform>%n job, begins when what it needs is done: %1</numerusform>
            <numerusform>%n jobs, each begins when what it needs is done: %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n question(s) left out when the data were chosen: %1</source>
        <translation>
            <numerusform>%n question was left out when the data were chosen: %1</numerusform>
            <numerusform>%n questions were left out when the data were chosen: %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>crux::ui::WorkerClient</name>
    <message numerus="yes">
        <source>%n thread(s)</source>
        <translation>
            <numerusform>%n thread</numerusform>
            <numerusform>%n threads</numerusform>
        </translation>
    </message>
</context>
</TS>
