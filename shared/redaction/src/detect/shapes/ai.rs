//! Models, agents and what is built around them.

use super::Shape;
use super::check::{drawn, mixed, odd};

pub(super) const ROWS: &[Shape] = &[
    Shape::token("anthropic-key", &["sk-ant-"], r"sk-ant-[\w-]{20,200}", 207),
    Shape::token(
        "openai-project-key",
        &["sk-proj-", "sk-svcacct-", "sk-admin-", "sk-none-"],
        r"sk-(?:proj|svcacct|admin|none)-[\w-]{20,240}",
        251,
    )
    .check(drawn),
    Shape::token("openai-key", &["sk-"], r"sk-[A-Za-z0-9]{20,128}", 131).check(drawn),
    Shape::token("sk-key", &["sk-"], r"sk-[\w-]{40,200}", 203).check(mixed),
    Shape::token("openrouter-key", &["sk-or-v"], r"sk-or-v[0-9]{1,2}-[\w-]{20,80}", 90),
    Shape::token(
        "langfuse-key",
        &["sk-lf-"],
        r"sk-lf-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}",
        42,
    )
    .fixed(),
    Shape::token("groq-key", &["gsk_"], r"gsk_[A-Za-z0-9]{40,64}", 68),
    Shape::token("xai-key", &["xai-"], r"xai-[\w-]{60,120}", 124),
    Shape::token("perplexity-key", &["pplx-"], r"pplx-[A-Za-z0-9]{32,64}", 69),
    Shape::token("tavily-key", &["tvly-"], r"tvly-(?:dev-|prod-)?[\w-]{20,64}", 74).check(odd),
    Shape::token("replicate-token", &["r8_"], r"r8_[A-Za-z0-9]{36,40}", 43),
    Shape::token("huggingface-token", &["hf_"], r"hf_[A-Za-z0-9]{24,64}", 67).check(drawn),
    Shape::token("huggingface-org-token", &["api_org_"], r"api_org_[A-Za-z0-9]{30,40}", 48).check(drawn),
    Shape::token("kaggle-token", &["kgat_"], r"KGAT_[a-f0-9]{32}", 37).fixed(),
    Shape::token("fireworks-key", &["fw_"], r"fw_[A-Za-z0-9]{22,40}", 43).check(mixed),
    Shape::token("nvidia-key", &["nvapi-"], r"nvapi-[\w-]{50,80}", 86),
    Shape::token("cerebras-key", &["csk-"], r"csk-[a-z0-9]{40,56}", 60).check(drawn),
    Shape::token("jina-key", &["jina_"], r"jina_[\w-]{50,70}", 75).check(odd),
    Shape::token("pinecone-key", &["pcsk_"], r"pcsk_[A-Za-z0-9]{4,8}_[A-Za-z0-9]{50,70}", 84),
    Shape::token("llamaindex-key", &["llx-"], r"llx-[A-Za-z0-9]{40,56}", 60),
    Shape::token("together-key", &["tgp_v1_"], r"tgp_v1_[\w-]{36,50}", 57),
    Shape::token("anyscale-secret", &["esecret_"], r"esecret_[A-Za-z0-9]{20,40}", 48).check(drawn),
    Shape::token("firecrawl-key", &["fc-"], r"fc-[a-f0-9]{32}", 35).fixed(),
    Shape::token("cartesia-key", &["sk_car_"], r"sk_car_[A-Za-z0-9_]{18,40}", 47),
    Shape::token("elevenlabs-key", &["sk_"], r"sk_[a-f0-9]{48}", 51).fixed(),
    Shape::token(
        "checkout-secret-key",
        &["sk_"],
        r"sk_[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}",
        39,
    )
    .fixed(),
    Shape::token("freemius-secret-key", &["sk_"], r"sk_[A-Za-z0-9_~.&*%]{29}", 32).check(mixed).fixed(),
    Shape::token("e2b-key", &["e2b_"], r"e2b_[a-f0-9]{40}", 44).fixed(),
    Shape::token("browserbase-key", &["bb_live_", "bb_test_"], r"bb_(?:live|test)_[\w-]{24,40}", 48)
        .check(odd),
    Shape::token(
        "langsmith-key",
        &["lsv2_pt_", "lsv2_sk_", "ls__"],
        r"ls(?:v2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}|__[a-f0-9]{32})",
        51,
    ),
    Shape::token("wandb-key", &["wandb_v1_"], r"wandb_v1_[A-Za-z0-9_]{60,90}", 99),
    Shape::token("mem0-key", &["m0-"], r"m0-[A-Za-z0-9]{24,44}", 47).check(mixed),
    Shape::token("runpod-key", &["rpa_"], r"rpa_[A-Za-z0-9]{40,50}", 54).check(drawn),
    Shape::token("brave-search-key", &["bsa"], r"BSA[\w-]{24,40}", 43).exact_case().check(mixed),
    Shape::token("apify-token", &["apify_api_"], r"apify_api_[A-Za-z0-9]{30,44}", 54),
    Shape::token("labelbox-key", &["lbx_", "rma_"], r"(?:lbx|rma)_[\w-]{42}[AEIMQUYcgkosw048]", 47)
        .check(mixed)
        .fixed(),
    Shape::token("friendli-token", &["flp_"], r"flp_[A-Za-z0-9]{40,64}", 68).check(drawn),
    Shape::token("nomic-key", &["nk-"], r"nk-[\w-]{43}", 46).check(mixed).fixed(),
    Shape::token("databento-key", &["db-"], r"db-[A-Za-z0-9]{29}", 32).check(mixed).fixed(),
    Shape::token("posthog-personal-key", &["phx_", "phs_"], r"ph[xs]_[\w-]{40,52}", 56),
];
